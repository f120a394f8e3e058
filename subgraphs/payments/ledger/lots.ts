import { sql, type Transaction } from 'kysely'
import type { NewId } from '../../../platform/ids.ts'
import type { Tables } from '../store/tables.ts'

/** Bonus points that expire together. The database takes what is spent from the oldest. */
export interface Lot {
  readonly points: bigint
  readonly expiresAt: Date
}

/** The parts of the oldest lots that make up an amount; `lots` are in the order in which they expire. */
export function takeOldest(lots: readonly Lot[], amount: bigint): Lot[] {
  const taken: Lot[] = []
  let left = amount
  for (const { points, expiresAt } of lots) {
    if (left === 0n) break
    const part = points < left ? points : left
    taken.push({ points: part, expiresAt })
    left -= part
  }
  return taken
}

/** A line's lots, oldest first. Under `lockBalance` of its points they stay so until the end of the transaction. */
export async function readLots(trx: Transaction<Tables>, lineId: string): Promise<Lot[]> {
  const rows = await trx
    .selectFrom('bonus_lot')
    .select(['remaining', 'expires_at'])
    .where('line_id', '=', lineId)
    .where('remaining', '>', 0n)
    .orderBy('expires_at')
    .orderBy('earned_at')
    .orderBy('id')
    .execute()
  return rows.map(({ remaining, expires_at }) => ({ points: remaining, expiresAt: expires_at }))
}

/** Puts points beside those that a line has: to be done in the transaction of the entry that gives them. */
export async function addLots(
  trx: Transaction<Tables>,
  { lineId, lots, at, newId }: { lineId: string; lots: readonly Lot[]; at: Date; newId: NewId },
): Promise<void> {
  await sql`
    insert into bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
    select ${lineId}, id, points, points, ${at}, expires_at from unnest(
      ${lots.map(() => newId())}::uuid[], ${lots.map(({ points }) => points)}::bigint[],
      ${lots.map(({ expiresAt }) => expiresAt)}::timestamptz[]
    ) as lot (id, points, expires_at)
  `.execute(trx)
}
