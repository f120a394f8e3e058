import { type Kysely, sql, type Transaction } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { type DueItem, type DuePage, isDueAfter } from './due-page.ts'
import type { Tables } from './tables.ts'

/** A promised payment; kopecks. */
export interface PromisedPaymentRow {
  readonly line_id: string
  readonly id: string
  readonly amount: bigint
  readonly fee: bigint
  readonly taken_at: Date
  readonly due_at: Date
}

const COLUMNS = ['line_id', 'id', 'amount', 'fee', 'taken_at', 'due_at'] as const

/** Writes it down and lets the balance go so far below zero. Under the lock of the line's balance. */
export async function beginPromise(
  trx: Transaction<Tables>,
  { account_id, ...promise }: PromisedPaymentRow & { readonly account_id: string },
): Promise<void> {
  await trx
    .insertInto('promised_payment')
    .values({ ...promise, account_id, ended_at: null, ended_by: null })
    .execute()
  await trx
    .updateTable('ledger_balance')
    .set({ promised: promise.amount })
    .where('line_id', '=', promise.line_id)
    .where('unit', '=', 'KOPECK')
    .execute()
}

export type PromiseEnd = 'TOP_UP' | 'DUE_DATE'

/** A promise that is over. */
export interface EndedPromise {
  readonly id: string
  /** Kopecks that are still below zero. */
  readonly debt: bigint
}

/** The end of a promise as the trail has it: whether it is paid back is told with it. */
export function promiseEnded({ id, debt }: EndedPromise, by: PromiseEnd) {
  const details = { promisedPaymentId: id, by, debt: debt > 0n ? 'LEFT' : 'NONE' }
  return { act: 'PROMISED_PAYMENT_ENDED', details } as const
}

/**
 * Ends what a line was promised: what is below zero becomes a debt, and no more can be spent of it. Null when nothing was.
 * Under the lock of the line's balance, after what was topped up is posted.
 */
export async function endPromise(
  trx: Transaction<Tables>,
  lineId: string,
  end: { readonly by: PromiseEnd; readonly at: Date },
): Promise<EndedPromise | null> {
  const row = await trx
    .updateTable('promised_payment')
    .set({ ended_at: end.at, ended_by: end.by })
    .where('line_id', '=', lineId)
    .where('ended_at', 'is', null)
    .$if(end.by === 'DUE_DATE', (query) => query.where('due_at', '<=', end.at))
    .returning('id')
    .executeTakeFirst()
  if (!row) return null
  const { rows } = await sql<{ debt: bigint }>`
    update ledger_balance set promised = 0, debt_limit = greatest(debt_limit, reserved - posted, 0)
    where line_id = ${lineId} and unit = 'KOPECK'
    returning greatest(reserved - posted, 0) as debt
  `.execute(trx)
  return { ...row, debt: rows[0]?.debt ?? 0n }
}

/** The one of a line that is not paid back; null when there is none. */
export async function findActivePromise(db: Kysely<Tables>, lineId: string): Promise<PromisedPaymentRow | null> {
  const row = await db
    .selectFrom('promised_payment')
    .select(COLUMNS)
    .where('line_id', '=', lineId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** A page of the lines whose promised payment is due, the longest ago first. A line has one at a time. */
export async function readDuePromises(
  db: Kysely<Tables>,
  now: Date,
  { after, limit }: DuePage<DueItem>,
): Promise<DueItem[]> {
  const { rows } = await sql<DueItem>`
    select line_id as id, due_at::text as "dueAt" from promised_payment
    where ended_at is null and due_at <= ${now} and ${isDueAfter({ dueAt: 'due_at', id: 'line_id' }, after)}
    order by due_at, line_id limit ${limit}
  `.execute(db)
  return rows
}

/** Names a promise. */
export interface PromiseKey {
  readonly lineId: string
  readonly id: string
}

/** A promise to remind of, at the moment at which it is due. */
export interface PromiseToRemind extends PromiseKey, DueItem {}

/**
 * A page of the promises that fall due before a moment and of which nobody was reminded, though there was the time; the
 * first first.
 */
export async function readPromisesToRemind(
  db: Kysely<Tables>,
  { before, hours }: { readonly before: Date; readonly hours: number },
  { after, limit }: DuePage<PromiseToRemind>,
): Promise<PromiseToRemind[]> {
  const { rows } = await sql<PromiseToRemind>`
    select line_id as "lineId", id, due_at::text as "dueAt" from promised_payment
    where ended_at is null and reminded_at is null and due_at <= ${before}
      and due_at - taken_at > make_interval(hours => ${hours}) and ${isDueAfter({ dueAt: 'due_at', id: 'id' }, after)}
    order by due_at, id limit ${limit}
  `.execute(db)
  return rows
}

/** Strikes a promise off those to remind of; null when it was, or has ended. */
export async function markReminded(
  trx: Transaction<Tables>,
  { lineId, id }: PromiseKey,
  now: Date,
): Promise<PromisedPaymentRow | null> {
  const row = await trx
    .updateTable('promised_payment')
    .set({ reminded_at: now })
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('reminded_at', 'is', null)
    .returning(COLUMNS)
    .executeTakeFirst()
  return row ?? null
}

const ACTIVE_PROMISES = prepareStatement<LineKeyValues, PromisedPaymentRow & { readonly key: number }>(
  'active-promises',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, promise.line_id, promise.id, promise.amount, promise.fee, promise.taken_at, promise.due_at
    from allowed
    join promised_payment as promise on promise.line_id = allowed.line_id and promise.ended_at is null
  `,
)

/** What lines were promised and have not paid back, for those who may see it. */
export function readActivePromises(
  reader: Reader,
  keys: readonly LineKey[],
  now: Date,
): Promise<(PromisedPaymentRow & { readonly key: number })[]> {
  return reader.read(ACTIVE_PROMISES, toLineKeyValues(keys, now))
}

/**
 * What services have cost a line since a moment: charges, fees of subscriptions, purchases with their fees, less what was
 * given back; zero at least.
 */
export async function sumSpending(db: Kysely<Tables>, lineId: string, since: Date): Promise<bigint> {
  const { rows } = await sql<{ spent: bigint }>`
    select greatest(0, -sum(customer_change(entry)))::bigint as spent from ledger_entry as entry
    where line_id = ${lineId} and unit = 'KOPECK' and posted_at >= ${since}
      and kind in ('SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'PURCHASE', 'PURCHASE_FEE', 'COMPENSATION')
  `.execute(db)
  return rows[0]?.spent ?? 0n
}
