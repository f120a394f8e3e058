import { type Kysely, sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import type { LineKey } from '../../../platform/access/line-key.ts'
import type { Tables } from './tables.ts'

/** What a line has of both units, in one row. */
export interface BalanceRow {
  readonly key: number
  readonly posted_kopecks: bigint
  readonly reserved_kopecks: bigint
  readonly points: bigint
}

export async function readBalances(db: Kysely<Tables>, keys: readonly LineKey[], now: Date): Promise<BalanceRow[]> {
  const { rows } = await sql<BalanceRow>`
    with allowed as (${allowedLines(keys, now)})
    select allowed.key, money.posted as posted_kopecks, money.reserved as reserved_kopecks,
      points.posted - points.reserved as points
    from allowed
    join ledger_balance as money on money.line_id = allowed.line_id and money.unit = 'KOPECK'
    join ledger_balance as points on points.line_id = allowed.line_id and points.unit = 'POINT'
  `.execute(db)
  return rows
}

/** The points of a line that expire first. */
export interface ExpiringPointsRow {
  readonly key: number
  readonly points: bigint
  readonly expires_at: Date
}

export async function readExpiringPoints(
  db: Kysely<Tables>,
  keys: readonly LineKey[],
  now: Date,
): Promise<ExpiringPointsRow[]> {
  const { rows } = await sql<ExpiringPointsRow>`
    with allowed as (${allowedLines(keys, now)})
    select distinct on (allowed.key) allowed.key, sum(lot.remaining)::bigint as points, lot.expires_at
    from allowed
    join bonus_lot as lot on lot.line_id = allowed.line_id and lot.remaining > 0 and lot.expires_at > ${now}
    group by allowed.key, lot.expires_at
    order by allowed.key, lot.expires_at
  `.execute(db)
  return rows
}
