import { type Kysely, sql, type Transaction } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
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

/**
 * Ends what a line was promised: what is below zero becomes a debt, and no more can be spent of it. Null when nothing was.
 * Under the lock of the line's balance, after what was topped up is posted.
 */
export async function endPromise(
  trx: Transaction<Tables>,
  lineId: string,
  end: { readonly by: 'TOP_UP' | 'DUE_DATE'; readonly at: Date },
): Promise<PromisedPaymentRow | null> {
  const row = await trx
    .updateTable('promised_payment')
    .set({ ended_at: end.at, ended_by: end.by })
    .where('line_id', '=', lineId)
    .where('ended_at', 'is', null)
    .$if(end.by === 'DUE_DATE', (query) => query.where('due_at', '<=', end.at))
    .returning(COLUMNS)
    .executeTakeFirst()
  if (!row) return null
  await sql`
    update ledger_balance set promised = 0, debt_limit = greatest(debt_limit, reserved - posted, 0)
    where line_id = ${lineId} and unit = 'KOPECK'
  `.execute(trx)
  return row
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

/** Lines whose promised payment is due, the longest ago first. */
export async function findDuePromises(db: Kysely<Tables>, now: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('promised_payment')
    .select('line_id')
    .where('ended_at', 'is', null)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute()
  return rows.map(({ line_id }) => line_id)
}

/** Promises that fall due before a moment and of which nobody was reminded, though there was the time; the first first. */
export async function findPromisesToRemind(
  db: Kysely<Tables>,
  { before, hours }: { readonly before: Date; readonly hours: number },
  limit: number,
): Promise<{ readonly line_id: string; readonly id: string }[]> {
  return db
    .selectFrom('promised_payment')
    .select(['line_id', 'id'])
    .where('ended_at', 'is', null)
    .where('reminded_at', 'is', null)
    .where('due_at', '<=', before)
    .where(sql<boolean>`due_at - taken_at > make_interval(hours => ${hours})`)
    .orderBy('due_at')
    .limit(limit)
    .execute()
}

/** Strikes a promise off those to remind of; null when it was, or has ended. */
export async function markReminded(
  trx: Transaction<Tables>,
  { line_id, id }: { readonly line_id: string; readonly id: string },
  now: Date,
): Promise<PromisedPaymentRow | null> {
  const row = await trx
    .updateTable('promised_payment')
    .set({ reminded_at: now })
    .where('line_id', '=', line_id)
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

/** What services have cost a line since a moment: charges, fees of subscriptions, purchases with their fees. */
export async function sumSpending(db: Kysely<Tables>, lineId: string, since: Date): Promise<bigint> {
  const { rows } = await sql<{ spent: bigint }>`
    select coalesce(sum(amount), 0)::bigint as spent from ledger_entry
    where line_id = ${lineId} and unit = 'KOPECK' and debit_account = 'CUSTOMER' and posted_at >= ${since}
      and kind in ('SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'PURCHASE', 'PURCHASE_FEE')
  `.execute(db)
  return rows[0]?.spent ?? 0n
}
