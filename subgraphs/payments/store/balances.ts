import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { FREE_POINTS_OF_LOT } from '../ledger/lots.ts'

/** What a line has of both units, in one row. */
export interface BalanceRow {
  readonly key: number
  readonly posted_kopecks: bigint
  readonly reserved_kopecks: bigint
  /** How far below zero it may stand because of a debt that it came with. */
  readonly debt_limit_kopecks: bigint
  /** How much further because of a promised payment. */
  readonly promised_kopecks: bigint
  /** Not set aside, and their time is not over. */
  readonly points: bigint
  readonly reserved_points: bigint
  /** When the ledger was read. */
  readonly as_of: Date
  /** The audit found the line's books wrong. */
  readonly is_under_review: boolean
}

const BALANCES = prepareStatement<LineKeyValues, BalanceRow>(
  'balances',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, money.posted as posted_kopecks, money.reserved as reserved_kopecks,
      money.debt_limit as debt_limit_kopecks, money.promised as promised_kopecks,
      points.posted - points.reserved - coalesce((
        select sum(${FREE_POINTS_OF_LOT}) from bonus_lot as lot
        where lot.line_id = allowed.line_id and lot.remaining > 0 and lot.expires_at <= ${values.now}::timestamptz
      ), 0)::bigint as points,
      points.reserved as reserved_points, ${values.now}::timestamptz as as_of,
      exists (select from ledger_quarantine as quarantine where quarantine.line_id = allowed.line_id) as is_under_review
    from allowed
    join ledger_balance as money on money.line_id = allowed.line_id and money.unit = 'KOPECK'
    join ledger_balance as points on points.line_id = allowed.line_id and points.unit = 'POINT'
  `,
)

export function readBalances(reader: Reader, keys: readonly LineKey[], now: Date): Promise<BalanceRow[]> {
  return reader.read(BALANCES, toLineKeyValues(keys, now))
}

/** The points of a line that expire first, of those that are not set aside. */
export interface ExpiringPointsRow {
  readonly key: number
  readonly points: bigint
  readonly expires_at: Date
}

const EXPIRING_POINTS = prepareStatement<LineKeyValues, ExpiringPointsRow>(
  'expiring-points',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select distinct on (allowed.key) allowed.key, sum(${FREE_POINTS_OF_LOT})::bigint as points, lot.expires_at
    from allowed
    join bonus_lot as lot on lot.line_id = allowed.line_id and lot.remaining > 0
      and lot.expires_at > ${values.now}::timestamptz
    group by allowed.key, lot.expires_at
    having sum(${FREE_POINTS_OF_LOT}) > 0
    order by allowed.key, lot.expires_at
  `,
)

export function readExpiringPoints(reader: Reader, keys: readonly LineKey[], now: Date): Promise<ExpiringPointsRow[]> {
  return reader.read(EXPIRING_POINTS, toLineKeyValues(keys, now))
}
