import { sql, type Transaction } from 'kysely'
import type { Tables } from '../store/tables.ts'
import type { LineRange } from './check.ts'

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'
const LAST_OF_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * The lines of the ledger, some at a time. What has a line id that no balance has lies in a range too: each goes on
 * where the one before it ended, and the last has no end.
 */
export async function* rangesOf(
  trx: Transaction<Tables>,
  linesAtOnce: number,
): AsyncGenerator<{ readonly range: LineRange; readonly lines: number }> {
  let after = BEFORE_ALL
  for (;;) {
    const { rows } = await sql<{ line_id: string; count: number }>`
      select line_id, (count(*) over ())::int as count from (
        select distinct line_id from ledger_balance where line_id > ${after}::uuid order by line_id limit ${linesAtOnce}
      ) as next order by line_id desc limit 1
    `.execute(trx)
    const [last] = rows
    const upto = last && last.count === linesAtOnce ? last.line_id : LAST_OF_ALL
    yield { range: { after, upto }, lines: last?.count ?? 0 }
    if (upto === LAST_OF_ALL) return
    after = upto
  }
}

/** The range of one line. */
export function onlyLine(lineId: string): LineRange {
  const before = (BigInt(`0x${lineId.replaceAll('-', '')}`) - 1n).toString(16).padStart(32, '0')
  return { after: before.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), upto: lineId }
}
