import { sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Tables } from '../store/tables.ts'

/** Bonus points that expire together. The database takes what is spent from the oldest. */
export interface Lot {
  readonly points: bigint
  readonly expiresAt: Date
  /** By when they were whoever's first: a gift keeps it, with the policy by which they are good for so long. */
  readonly earnedAt: Date
}

/** The parts of the oldest lots that make up an amount; `lots` are in the order in which they expire. */
export function takeOldest(lots: readonly Lot[], amount: bigint): Lot[] {
  const taken: Lot[] = []
  let left = amount
  for (const lot of lots) {
    if (left === 0n) break
    const part = lot.points < left ? lot.points : left
    taken.push({ ...lot, points: part })
    left -= part
  }
  return taken
}

/**
 * What of a line's lots is not set aside and is good at a moment, oldest first. Under `lockBalance` of its points it stays
 * so until the end of the transaction.
 */
export async function readFreeLots(trx: Transaction<Tables>, lineId: string, now: Date): Promise<Lot[]> {
  const { rows } = await sql<Lot>`
    select points, expires_at as "expiresAt", earned_at as "earnedAt" from (
      select ${FREE_POINTS_OF_LOT} as points, expires_at, earned_at, id from bonus_lot as lot
      where line_id = ${lineId} and remaining > 0 and expires_at > ${now}
    ) as free
    where points > 0 order by expires_at, earned_at, id
  `.execute(trx)
  return rows
}

/**
 * Points of a row `lot` of `bonus_lot` that no hold has set aside, as `free_points` counts them: that function is called
 * for each row, and this is a part of the statement that has it.
 */
export const FREE_POINTS_OF_LOT = sql<bigint>`(lot.remaining - coalesce((
  select sum(held.points) from bonus_lot_hold as held where held.line_id = lot.line_id and held.lot_id = lot.id
), 0))::bigint`

const FREE_POINTS = prepareStatement<
  { readonly lineIds: readonly string[]; readonly now: Date },
  { readonly line_id: string; readonly points: bigint }
>(
  'free-points',
  ({ lineIds, now }) => sql`
    select line_id, sum(${FREE_POINTS_OF_LOT})::bigint as points from bonus_lot as lot
    where line_id = any(${lineIds}::uuid[]) and remaining > 0 and expires_at > ${now}::timestamptz group by line_id
  `,
)

/** How many that are, of several lines; a line that has none is not among them. */
export async function findFreePoints(
  trx: Transaction<Tables>,
  lineIds: readonly string[],
  now: Date,
): Promise<Map<string, bigint>> {
  if (lineIds.length === 0) return new Map()
  const rows = await runPrepared(trx, FREE_POINTS, { lineIds, now })
  return new Map(rows.map(({ line_id, points }) => [line_id, points]))
}

/** Points whose time is over and that nothing keeps, by the version of the policy by which they were earned for so long. */
export interface ExpiredPoints {
  readonly points: bigint
  readonly ttlVersion: number
  /** The number of the line's last entry of points: what expires after it does so once. */
  readonly after: bigint
}

/** Under `lockBalance` of the line's points it stays so until the end of the transaction. */
export async function readExpiredPoints(trx: Transaction<Tables>, lineId: string, now: Date): Promise<ExpiredPoints[]> {
  const { rows } = await sql<ExpiredPoints>`
    select sum(lot.points)::bigint as points, lot.version as "ttlVersion", balance.entry_sequence as after
    from (
      select line_id, free_points(bonus_lot) as points, coalesce((
        select max(version) from policy where name = 'bonus.ttlMonths' and valid_from <= earned_at
      ), 1) as version
      from bonus_lot where line_id = ${lineId} and remaining > 0 and expires_at <= ${now}
    ) as lot
    join ledger_balance as balance on balance.line_id = lot.line_id and balance.unit = 'POINT'
    where lot.points > 0 group by lot.version, balance.entry_sequence order by lot.version
  `.execute(trx)
  return rows
}

/** Puts points beside those that a line has: to be done in the transaction of the entry that gives them. */
export async function addLots(
  trx: Transaction<Tables>,
  { lineId, lots, newId }: { lineId: string; lots: readonly Lot[]; newId: NewId },
): Promise<void> {
  await sql`
    insert into bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
    select ${lineId}, id, points, points, earned_at, expires_at from unnest(
      ${lots.map(() => newId())}::uuid[], ${lots.map(({ points }) => points)}::bigint[],
      ${lots.map(({ earnedAt }) => earnedAt)}::timestamptz[], ${lots.map(({ expiresAt }) => expiresAt)}::timestamptz[]
    ) as lot (id, points, earned_at, expires_at)
  `.execute(trx)
}
