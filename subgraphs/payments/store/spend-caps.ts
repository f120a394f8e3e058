import { type Kysely, sql, type Transaction } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import type { Day } from '../../../platform/calendar.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { spentSince } from '../ledger/spending.ts'
import { type DuePage, FIRST_ID, type LineToLookAt } from './due-page.ts'
import type { Tables } from './tables.ts'

export interface NewSpendCap {
  readonly lineId: string
  readonly monthlyAmount: bigint
  readonly setBy: string
  readonly now: Date
}

/** Sets a line's cap, in place of the one before. It is compared with what was spent in the next round. */
export async function putSpendCap(trx: Transaction<Tables>, cap: NewSpendCap): Promise<void> {
  const set = { monthly_amount: cap.monthlyAmount, set_by: cap.setBy, set_at: cap.now, is_stale: true }
  await trx
    .insertInto('spend_cap')
    .values({ line_id: cap.lineId, ...set })
    .onConflict((conflict) => conflict.column('line_id').doUpdateSet(set))
    .execute()
}

/** False when the line has none. */
export async function deleteSpendCap(trx: Transaction<Tables>, lineId: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('spend_cap').where('line_id', '=', lineId).executeTakeFirst()
  return numDeletedRows > 0n
}

/** A page of the lines that have spent since their caps were compared. */
export async function readStaleCaps(
  db: Kysely<Tables>,
  { after, limit }: DuePage<LineToLookAt>,
): Promise<LineToLookAt[]> {
  const { rows } = await sql<LineToLookAt>`
    select line_id as id from spend_cap
    where is_stale and line_id > ${after?.id ?? FIRST_ID} order by line_id limit ${limit}
  `.execute(db)
  return rows
}

/** Says that a cap is being compared, under the lock of the balance; false when another has done so. */
export async function freshenCap(trx: Transaction<Tables>, lineId: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('spend_cap')
    .set({ is_stale: false })
    .where('line_id', '=', lineId)
    .where('is_stale', '=', true)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export interface SpendCapAlerts {
  readonly lineId: string
  readonly month: Day
  readonly cap: bigint
  readonly spent: bigint
  /** The levels that are reached. */
  readonly percents: readonly number[]
  readonly now: Date
}

/** Writes down the levels that are told of; gives those that were not told before, of this cap and month. */
export async function putAlerts(trx: Transaction<Tables>, alerts: SpendCapAlerts): Promise<number[]> {
  const { rows } = await sql<{ percent: number }>`
    insert into spend_cap_alert (line_id, month, monthly_amount, percent, spent, told_at)
    select ${alerts.lineId}::uuid, ${alerts.month}::date, ${alerts.cap}::bigint, percent, ${alerts.spent}::bigint,
      ${alerts.now}::timestamptz
    from unnest(${alerts.percents}::int[]) as percent
    on conflict do nothing
    returning percent
  `.execute(trx)
  return rows.map(({ percent }) => percent)
}

/** The cap of a line for one viewer, with what was spent of it. */
export interface SpendCapRow {
  readonly key: number
  readonly monthly_amount: bigint
  readonly spent: bigint
  /** The lowest level first; `told_at` in RFC 3339. */
  readonly alerts: readonly { readonly percent: number; readonly told_at: string }[]
  /** When the ledger was read. */
  readonly as_of: Date
}

/** A month of the calendar, and when it began. */
export interface Month {
  readonly month: Day
  readonly since: Date
}

const SPEND_CAPS = prepareStatement<LineKeyValues & Month, SpendCapRow>(
  'spend-caps',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, spend_cap.monthly_amount,
      ${spentSince(sql`allowed.line_id`, sql`${values.since}::timestamptz`)} as spent,
      coalesce((
        select jsonb_agg(jsonb_build_object('percent', percent, 'told_at', told_at) order by percent)
        from spend_cap_alert as alert
        where alert.line_id = allowed.line_id and alert.month = ${values.month}::date
          and alert.monthly_amount = spend_cap.monthly_amount
      ), '[]') as alerts, ${values.now}::timestamptz as as_of
    from allowed join spend_cap on spend_cap.line_id = allowed.line_id
  `,
)

export function readSpendCaps(
  reader: Reader,
  keys: readonly LineKey[],
  { month, now }: { readonly month: Month; readonly now: Date },
): Promise<SpendCapRow[]> {
  return reader.read(SPEND_CAPS, { ...toLineKeyValues(keys, now), ...month })
}
