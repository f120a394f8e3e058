import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import { hashBody, isIdempotencyKey } from '../../../platform/idempotency-key.ts'
import { claimKey, keepOutcome } from '../store/idempotency-keys.ts'
import type { Tables } from '../store/tables.ts'

/** Whose key it is, and what it was sent with. */
export interface KeyedCommand {
  /** The person who acts: two people of one organization do not share keys. */
  readonly personId: string
  /** The mutation's name. */
  readonly operation: string
  readonly key: string
  /** Everything of the input but the key. */
  readonly body: readonly (string | null)[]
}

/** Why a key did not lead to the work. */
export type KeyRefusal =
  | { readonly kind: 'invalidIdempotencyKey' }
  | { readonly kind: 'idempotencyKeyReused' }
  | { readonly kind: 'operationInProgress' }

/**
 * Does the work of a client's key once, in one transaction with the key: the same key and body give what it came to,
 * refusals too, however often and wherever they are sent; while it is being done others are told so. What a crash
 * undoes is undone with the key. `Outcome` is kept as JSON: no dates, no big numbers.
 */
export async function once<Outcome extends { readonly kind: string }>(
  { db, clock }: { readonly db: Kysely<Tables>; readonly clock: Clock },
  command: KeyedCommand,
  work: (trx: Transaction<Tables>) => Promise<Outcome>,
): Promise<Outcome | KeyRefusal> {
  if (!isIdempotencyKey(command.key)) return { kind: 'invalidIdempotencyKey' }
  const bodyHash = hashBody(...command.body)
  return db.transaction().execute(async (trx) => {
    const claim = await claimKey(trx, command)
    if (claim === 'inProgress') return { kind: 'operationInProgress' }
    if (claim !== null) {
      return claim.bodyHash === bodyHash ? (claim.outcome as Outcome) : { kind: 'idempotencyKeyReused' }
    }
    const outcome = await work(trx)
    await keepOutcome(trx, { ...command, bodyHash, outcome, now: clock.now() })
    return outcome
  })
}
