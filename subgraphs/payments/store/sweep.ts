import type { Kysely } from 'kysely'
import { DELETED_AT_ONCE, deleteOlder } from '../../../platform/database/delete-older.ts'
import type { Tables } from './tables.ts'

/** An event that is delivered again comes within hours of the first time. */
const INBOX_DAYS = 30
/** Two payments could only have one number if it was given to both in one millisecond. */
const MERCHANT_TRANSACTION_DAYS = 30
/** What was shown and never confirmed, or confirmed long ago. */
const QUOTE_DAYS = 1
const DAY_MS = 86_400_000

/**
 * Forgets what nobody asks about any more: keys that are repeated no longer, quotes that are over, events that came, numbers
 * that were given. Any number of processes may. Returns how many rows went.
 */
export async function sweep(
  db: Kysely<Tables>,
  { now, keyDays }: { readonly now: Date; readonly keyDays: number },
): Promise<number> {
  let swept = 0
  for (const { table, column, keptDays } of [
    { table: 'idempotency_key', column: 'created_at', keptDays: keyDays },
    { table: 'purchase_quote', column: 'valid_until', keptDays: QUOTE_DAYS },
    { table: 'transfer_quote', column: 'valid_until', keptDays: QUOTE_DAYS },
    { table: 'inbox', column: 'received_at', keptDays: INBOX_DAYS },
    { table: 'merchant_transaction', column: 'taken_at', keptDays: MERCHANT_TRANSACTION_DAYS },
  ]) {
    const before = new Date(now.getTime() - keptDays * DAY_MS)
    for (;;) {
      const deleted = await deleteOlder(db, { table, column, before })
      swept += deleted
      if (deleted < DELETED_AT_ONCE) break
    }
  }
  return swept
}
