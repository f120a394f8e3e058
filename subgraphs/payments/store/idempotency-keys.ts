import { type Kysely, sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { Tables } from './tables.ts'

export interface IdempotencyKey {
  readonly personId: string
  readonly operation: string
  readonly key: string
}

// Taken in a statement of its own: what the one before has kept is seen by the next only.
const TAKE_KEY = prepareStatement<{ readonly lock: string }, { readonly is_taken: boolean }>(
  'take-key',
  ({ lock }) => sql`select pg_try_advisory_xact_lock(hashtextextended(${lock}, 0)) as is_taken`,
)

const FIND_KEY = prepareStatement<IdempotencyKey, { readonly body_hash: string; readonly outcome: unknown }>(
  'find-key',
  ({ personId, operation, key }) => sql`
    select body_hash, outcome from idempotency_key
    where account_id = ${personId} and operation = ${operation} and key = ${key}
  `,
)

interface KeptValues extends IdempotencyKey {
  readonly bodyHash: string
  readonly outcome: string
  readonly now: Date
}

const KEEP_KEY = prepareStatement<KeptValues, object>(
  'keep-key',
  (kept) => sql`
    insert into idempotency_key (account_id, operation, key, body_hash, outcome, created_at)
    values (${kept.personId}, ${kept.operation}, ${kept.key}, ${kept.bodyHash}, ${kept.outcome}::jsonb, ${kept.now})
  `,
)

/**
 * Takes a key until the end of the transaction. What it led to before; null when nothing yet; `inProgress` while
 * another transaction has it.
 */
export async function claimKey(
  trx: Transaction<Tables>,
  key: IdempotencyKey,
): Promise<{ readonly bodyHash: string; readonly outcome: unknown } | 'inProgress' | null> {
  const [lock] = await runPrepared(trx, TAKE_KEY, { lock: `${key.personId} ${key.operation} ${key.key}` })
  if (!lock?.is_taken) return 'inProgress'
  return findOutcome(trx, key)
}

/** What a key has led to; null when nothing yet, or nothing that is committed. */
export async function findOutcome(
  db: Kysely<Tables>,
  key: IdempotencyKey,
): Promise<{ readonly bodyHash: string; readonly outcome: unknown } | null> {
  const [known] = await runPrepared(db, FIND_KEY, key)
  return known ? { bodyHash: known.body_hash, outcome: known.outcome } : null
}

/** Keeps what a key has led to. The primary key has the last word: a second effect of the same key throws. */
export async function keepOutcome(
  trx: Transaction<Tables>,
  kept: IdempotencyKey & { readonly bodyHash: string; readonly outcome: unknown; readonly now: Date },
): Promise<void> {
  await runPrepared(trx, KEEP_KEY, { ...kept, outcome: JSON.stringify(kept.outcome) })
}
