import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

export interface IdempotencyKey {
  readonly personId: string
  readonly operation: string
  readonly key: string
}

/**
 * Takes a key until the end of the transaction. What it led to before; null when nothing yet; `inProgress` while
 * another transaction has it.
 */
export async function claimKey(
  trx: Transaction<Tables>,
  { personId, operation, key }: IdempotencyKey,
): Promise<{ readonly bodyHash: string; readonly outcome: unknown } | 'inProgress' | null> {
  // Taken in a statement of its own: what the one before has kept is seen by the next only.
  const { rows } = await sql<{ is_taken: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`${personId} ${operation} ${key}`}, 0)) as is_taken
  `.execute(trx)
  if (!rows[0]?.is_taken) return 'inProgress'
  const known = await trx
    .selectFrom('idempotency_key')
    .select(['body_hash', 'outcome'])
    .where('account_id', '=', personId)
    .where('operation', '=', operation)
    .where('key', '=', key)
    .executeTakeFirst()
  return known ? { bodyHash: known.body_hash, outcome: known.outcome } : null
}

/** Keeps what a key has led to. The primary key has the last word: a second effect of the same key throws. */
export async function keepOutcome(
  trx: Transaction<Tables>,
  kept: IdempotencyKey & { readonly bodyHash: string; readonly outcome: unknown; readonly now: Date },
): Promise<void> {
  await sql`
    insert into idempotency_key (account_id, operation, key, body_hash, outcome, created_at)
    values (${kept.personId}, ${kept.operation}, ${kept.key}, ${kept.bodyHash}, ${JSON.stringify(kept.outcome)}::jsonb,
      ${kept.now})
  `.execute(trx)
}

/** Forgets keys that nobody repeats any more. Returns how many. */
export async function forgetKeys(db: Kysely<Tables>, before: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('idempotency_key').where('created_at', '<', before).executeTakeFirst()
  return Number(numDeletedRows)
}
