import { type Kysely, type RawBuilder, type Selectable, sql, type Transaction } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { LINE_RIGHTS } from '../../../platform/access/rights.ts'
import type { Day } from '../../../platform/calendar.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { type DueItem, type DuePage, isDueAfter } from './due-page.ts'
import type { AutoPaymentBasis, AutoPaymentStop, RecurringTables, Schedule } from './recurring-tables.ts'
import type { Tables } from './tables.ts'

/**
 * What tops up a line from a saved card by itself. Whoever changes one holds the line's balance (`lockBalance`), so that
 * changes, and the fall of the balance that wakes it, follow one another.
 */
export interface AutoPayment {
  readonly lineId: string
  readonly id: string
  /** The cabinet whose card pays. */
  readonly accountId: string
  /** Who of an organization set it, and whose month it counts towards; null where the account is a person's own. */
  readonly memberId: string | null
  readonly cardId: string
  readonly amount: bigint
  readonly terms: AutoPaymentTerms
  readonly monthlyCap: bigint | null
  readonly setAt: Date
  /** Why it does not go on; null while it does. */
  readonly stoppedBy: AutoPaymentStop | null
  /** What it is to fire for next, once. */
  readonly occasion: string
  /** How often in a row the card was refused. */
  readonly refusals: number
  /** When it is looked at; null while it waits for the balance to fall, or for an answer. */
  readonly nextAttemptAt: Date | null
  /** The month of which it was told that its cap is reached. */
  readonly cappedMonth: Day | null
}

/** When it tops up. */
export type AutoPaymentTerms =
  | { readonly basis: 'THRESHOLD'; readonly threshold: bigint }
  /** `countsFrom`: the day from which the calendar counts. */
  | { readonly basis: 'SCHEDULE'; readonly schedule: Schedule; readonly countsFrom: Day }

/** Names one: those of a line are few, and of each basis there is one. */
export interface AutoPaymentKey {
  readonly lineId: string
  readonly id: string
}

type Row = Selectable<RecurringTables['auto_payment']>

export async function findAutoPayment(
  trx: Transaction<Tables>,
  { lineId, id }: AutoPaymentKey,
): Promise<AutoPayment | null> {
  const row = await trx
    .selectFrom('auto_payment')
    .selectAll()
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? toAutoPayment(row) : null
}

export async function findAutoPaymentByBasis(
  trx: Transaction<Tables>,
  lineId: string,
  basis: AutoPaymentBasis,
): Promise<AutoPayment | null> {
  const row = await trx
    .selectFrom('auto_payment')
    .selectAll()
    .where('line_id', '=', lineId)
    .where('basis', '=', basis)
    .executeTakeFirst()
  return row ? toAutoPayment(row) : null
}

/** Writes one as it is now, in place of what the line had of its basis. */
export async function putAutoPayment(trx: Transaction<Tables>, autoPayment: AutoPayment): Promise<void> {
  const { line_id, basis, ...changed } = toRow(autoPayment)
  await trx
    .insertInto('auto_payment')
    .values({ line_id, basis, ...changed })
    .onConflict((conflict) => conflict.columns(['line_id', 'basis']).doUpdateSet(changed))
    .execute()
}

/** One whose time has come, and who answers for it. */
export interface DueAutoPayment extends DueItem, AutoPaymentKey, Pick<AutoPayment, 'accountId' | 'memberId'> {}

/** A page of those whose time has come, in the order in which it has. */
export async function readDueAutoPayments(
  db: Kysely<Tables>,
  now: Date,
  { after, limit }: DuePage<DueAutoPayment>,
): Promise<DueAutoPayment[]> {
  const { rows } = await sql<DueAutoPayment>`
    select line_id as "lineId", id, next_attempt_at::text as "dueAt", account_id as "accountId",
      member_id as "memberId"
    from auto_payment
    where next_attempt_at <= ${now} and ${isDueAfter({ dueAt: 'next_attempt_at', id: 'id' }, after)}
    order by next_attempt_at, id limit ${limit}
  `.execute(db)
  return rows
}

/** Those that an account's cards pay and that go on, in the order of their lines, in which balances are locked. */
export async function findAutoPaymentsOf(trx: Transaction<Tables>, accountId: string): Promise<AutoPaymentKey[]> {
  return trx
    .selectFrom('auto_payment')
    .select(['line_id as lineId', 'id'])
    .where('account_id', '=', accountId)
    .where('stopped_by', 'is', null)
    .orderBy('line_id')
    .orderBy('id')
    .execute()
}

/**
 * Why `payment`, a row of `auto_payment`, does not go on; null while it does. The row says that its payer may not pay
 * any more, or has no such card, only after it was looked at next; whoever reads is told so before.
 */
export function stopOf(now: RawBuilder<unknown>): RawBuilder<AutoPaymentStop | null> {
  return sql`coalesce(payment.stopped_by, case
    when not exists (
      select from line_access as payer where payer.line_id = payment.line_id and payer.account_id = payment.account_id
        and payer.rights & ${sql.lit(LINE_RIGHTS.PAY)} <> 0 and (payer.until is null or payer.until > ${now})
    ) then 'NO_RIGHTS'
    when not exists (
      select from card where card.account_id = payment.account_id and card.id = payment.card_id
    ) then 'NO_CARD'
  end)`
}

/** One of a line for one viewer; `id` is null when the line has none. */
type AutoPaymentListRow = { readonly key: number } & (
  | (Row & { readonly stop: AutoPaymentStop | null })
  | { readonly id: null }
)

const AUTO_PAYMENTS = prepareStatement<LineKeyValues, AutoPaymentListRow>(
  'auto-payments',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, payment.*, ${stopOf(sql`${values.now}::timestamptz`)} as stop
    from allowed left join auto_payment as payment on payment.line_id = allowed.line_id
    order by allowed.key, payment.basis
  `,
)

/** Those of each line, stopped ones too; null for a line that is not there for its viewer. */
export async function readAutoPayments(
  reader: Reader,
  keys: readonly LineKey[],
  now: Date,
): Promise<(AutoPayment[] | null)[]> {
  const rows = await reader.read(AUTO_PAYMENTS, toLineKeyValues(keys, now))
  const lists = new Array<AutoPayment[] | null>(keys.length).fill(null)
  for (const { key, ...row } of rows) {
    lists[key - 1] ??= []
    if (row.id !== null) lists[key - 1]?.push(toldAutoPayment(row, row.stop))
  }
  return lists
}

/** What does not go on has no next time either. */
function toldAutoPayment(row: Row, stoppedBy: AutoPaymentStop | null): AutoPayment {
  const autoPayment = toAutoPayment(row)
  return stoppedBy === null ? autoPayment : { ...autoPayment, stoppedBy, nextAttemptAt: null }
}

function toAutoPayment(row: Row): AutoPayment {
  return {
    lineId: row.line_id,
    id: row.id,
    accountId: row.account_id,
    memberId: row.member_id,
    cardId: row.card_id,
    amount: row.amount,
    terms: toTerms(row),
    monthlyCap: row.monthly_cap,
    setAt: row.set_at,
    stoppedBy: row.stopped_by,
    occasion: row.occasion,
    refusals: row.refusals,
    nextAttemptAt: row.next_attempt_at,
    cappedMonth: row.capped_month as Day | null,
  }
}

/** The table's checks see to it that each basis has its own columns. */
function toTerms({ threshold, schedule, counts_from: countsFrom }: Row): AutoPaymentTerms {
  return threshold === null
    ? { basis: 'SCHEDULE', schedule: schedule as Schedule, countsFrom: countsFrom as Day }
    : { basis: 'THRESHOLD', threshold }
}

function toRow({ terms, ...autoPayment }: AutoPayment): Row {
  return {
    line_id: autoPayment.lineId,
    basis: terms.basis,
    id: autoPayment.id,
    account_id: autoPayment.accountId,
    member_id: autoPayment.memberId,
    card_id: autoPayment.cardId,
    amount: autoPayment.amount,
    threshold: terms.basis === 'THRESHOLD' ? terms.threshold : null,
    schedule: terms.basis === 'SCHEDULE' ? terms.schedule : null,
    counts_from: terms.basis === 'SCHEDULE' ? terms.countsFrom : null,
    monthly_cap: autoPayment.monthlyCap,
    set_at: autoPayment.setAt,
    stopped_by: autoPayment.stoppedBy,
    occasion: autoPayment.occasion,
    refusals: autoPayment.refusals,
    next_attempt_at: autoPayment.nextAttemptAt,
    capped_month: autoPayment.cappedMonth,
  }
}
