import { sql, type Transaction } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { Tables } from './tables.ts'

/** The points that a line has given away on a day. Under the lock of its points it stays so. */
export async function findGivenOn(trx: Transaction<Tables>, lineId: string, day: Day): Promise<bigint> {
  const { rows } = await sql<{ points: bigint }>`
    select points from bonus_gift_day where line_id = ${lineId} and day = ${day}
  `.execute(trx)
  return rows[0]?.points ?? 0n
}

export async function countGift(
  trx: Transaction<Tables>,
  { lineId, day, points }: { readonly lineId: string; readonly day: Day; readonly points: bigint },
): Promise<void> {
  await sql`
    insert into bonus_gift_day as given (line_id, day, points) values (${lineId}, ${day}, ${points})
    on conflict (line_id, day) do update set points = given.points + excluded.points
  `.execute(trx)
}
