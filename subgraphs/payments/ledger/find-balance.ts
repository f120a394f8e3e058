import type { Kysely } from 'kysely'
import type { Tables } from '../store/tables.ts'
import type { Balance } from './balance.ts'
import type { LedgerUnit } from './kinds.ts'

/** What a line has at this moment: to show, not to decide on. Null when the line has no book. */
export async function findBalance(db: Kysely<Tables>, lineId: string, unit: LedgerUnit): Promise<Balance | null> {
  const row = await db
    .selectFrom('ledger_balance')
    .select(['posted', 'reserved', 'debt_limit as debtLimit', 'promised'])
    .where('line_id', '=', lineId)
    .where('unit', '=', unit)
    .executeTakeFirst()
  return row ?? null
}
