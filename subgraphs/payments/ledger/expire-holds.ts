import { type Kysely, sql } from 'kysely'
import type { Tables } from '../store/tables.ts'
import { lockBalance } from './balance.ts'
import type { Hold } from './holds.ts'
import type { LedgerUnit } from './kinds.ts'

/**
 * Sets free what was held past its time; any number of processes may. Returns how many holds expired. A line that will
 * not do holds up no other: what went wrong is thrown when all have had their turn.
 */
export async function expireHolds(db: Kysely<Tables>, now: Date): Promise<number> {
  let expired = 0
  const failures: unknown[] = []
  for await (const line of linesWithDueHolds(db, now)) {
    try {
      expired += await expireHoldsOf(db, line, now)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `holds of ${failures.length} lines could not be set free`)
  return expired
}

const LINES_AT_ONCE = 100

async function* linesWithDueHolds(db: Kysely<Tables>, now: Date): AsyncGenerator<Pick<Hold, 'lineId' | 'unit'>> {
  let last: Pick<Hold, 'lineId' | 'unit'> | null = null
  for (;;) {
    const { rows }: { rows: { line_id: string; unit: LedgerUnit }[] } = await sql<{
      line_id: string
      unit: LedgerUnit
    }>`
      select distinct line_id, unit from hold
      where state = 'PENDING' and expires_at <= ${now}
        ${last === null ? sql`` : sql`and (line_id, unit) > (${last.lineId}::uuid, ${last.unit}::ledger_unit)`}
      order by line_id, unit limit ${LINES_AT_ONCE}
    `.execute(db)
    for (const row of rows) {
      last = { lineId: row.line_id, unit: row.unit }
      yield last
    }
    if (rows.length < LINES_AT_ONCE) return
  }
}

async function expireHoldsOf(
  db: Kysely<Tables>,
  { lineId, unit }: Pick<Hold, 'lineId' | 'unit'>,
  now: Date,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await lockBalance(trx, lineId, unit)
    const { numUpdatedRows } = await trx
      .updateTable('hold')
      .set({ state: 'EXPIRED', ended_at: now })
      .where('line_id', '=', lineId)
      .where('unit', '=', unit)
      .where('state', '=', 'PENDING')
      .where('expires_at', '<=', now)
      .executeTakeFirst()
    return Number(numUpdatedRows)
  })
}
