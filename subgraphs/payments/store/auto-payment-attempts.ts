import { type Kysely, sql, type Transaction } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { AutoPaymentKey } from './auto-payments.ts'
import { type DueItem, type DuePage, isDueAfter } from './due-page.ts'
import type { Tables } from './tables.ts'

/** What the acquirer is asked for an automatic payment: the same however often it is asked. */
export interface Attempt {
  readonly lineId: string
  readonly autoPaymentId: string
  readonly occasion: string
  readonly try: number
  /** The key under which it is asked. */
  readonly paymentId: string
  readonly accountId: string
  readonly cardId: string
  readonly amount: bigint
  readonly begunAt: Date
}

export interface NewAttempt extends Omit<Attempt, 'try'> {
  /** The month whose cap it counts towards. */
  readonly month: Day
}

/**
 * Writes down that the acquirer will be asked. False when there is an answer to be waited for, or when the occasion was
 * paid for before: the indexes have the last word.
 */
export async function insertAttempt(trx: Transaction<Tables>, attempt: NewAttempt): Promise<boolean> {
  const { rows } = await sql`
    insert into auto_payment_attempt
      (line_id, auto_payment_id, occasion, try, payment_id, account_id, card_id, amount, month, begun_at, ask_at)
    select ${attempt.lineId}::uuid, ${attempt.autoPaymentId}::uuid, ${attempt.occasion}::text,
      coalesce(max(before.try), 0) + 1, ${attempt.paymentId}::uuid, ${attempt.accountId}::uuid,
      ${attempt.cardId}::uuid, ${attempt.amount}::bigint, ${attempt.month}::date, ${attempt.begunAt}::timestamptz,
      ${attempt.begunAt}::timestamptz
    from auto_payment_attempt as before
    where before.line_id = ${attempt.lineId} and before.auto_payment_id = ${attempt.autoPaymentId}
      and before.occasion = ${attempt.occasion}
    having count(*) filter (where before.state = 'SUCCEEDED') = 0
    on conflict do nothing
    returning try
  `.execute(trx)
  return rows.length > 0
}

/** Whether there is an answer to be waited for. */
export async function hasOpenAttempt(trx: Transaction<Tables>, { lineId, id }: AutoPaymentKey): Promise<boolean> {
  const { rows } = await sql`
    select from auto_payment_attempt where line_id = ${lineId} and auto_payment_id = ${id} and state = 'OPEN'
  `.execute(trx)
  return rows.length > 0
}

/** What an automatic payment has taken in a month, with what it may have taken. */
export async function sumAttempts(
  trx: Transaction<Tables>,
  { lineId, id }: AutoPaymentKey,
  month: Day,
): Promise<bigint> {
  const { rows } = await sql<{ sum: bigint }>`
    select coalesce(sum(amount), 0)::bigint as sum from auto_payment_attempt
    where line_id = ${lineId} and auto_payment_id = ${id} and month = ${month} and state <> 'REFUSED'
  `.execute(trx)
  return rows[0]?.sum ?? 0n
}

/** An attempt of which the acquirer is to be asked; its id is that of its payment. */
export interface DueAttempt extends DueItem {
  readonly attempt: Attempt
}

/** A page of those that are to be asked of now, in the order of their moments. */
export async function readDueAttempts(
  db: Kysely<Tables>,
  now: Date,
  { after, limit }: DuePage<DueAttempt>,
): Promise<DueAttempt[]> {
  const { rows } = await sql<Attempt & Pick<DueItem, 'dueAt'>>`
    select line_id as "lineId", auto_payment_id as "autoPaymentId", occasion, try, payment_id as "paymentId",
      account_id as "accountId", card_id as "cardId", amount, begun_at as "begunAt", ask_at::text as "dueAt"
    from auto_payment_attempt
    where state = 'OPEN' and ask_at <= ${now} and ${isDueAfter({ dueAt: 'ask_at', id: 'payment_id' }, after)}
    order by ask_at, payment_id limit ${limit}
  `.execute(db)
  return rows.map(({ dueAt, ...attempt }) => ({ id: attempt.paymentId, dueAt, attempt }))
}

/**
 * Takes an attempt for asking, for as long as it may take: others leave it alone until then. How often it was taken;
 * null when another was faster, or the answer is known.
 */
export async function claimAttempt(
  db: Kysely<Tables>,
  attempt: Attempt,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<number | null> {
  const { rows } = await sql<{ asked: number }>`
    update auto_payment_attempt set ask_at = ${until}, asked = asked + 1
    where ${isAttempt(attempt)} and state = 'OPEN' and ask_at <= ${now}
    returning asked
  `.execute(db)
  return rows[0]?.asked ?? null
}

/** Puts off the next asking of an attempt whose answer is not known. */
export async function postponeAttempt(db: Kysely<Tables>, attempt: Attempt, askAt: Date): Promise<void> {
  await sql`
    update auto_payment_attempt set ask_at = ${askAt} where ${isAttempt(attempt)} and state = 'OPEN'
  `.execute(db)
}

/** What an attempt came to. */
export type AttemptEnd =
  | { readonly kind: 'succeeded'; readonly acquirerPaymentId: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'notMade' }

/** Ends an attempt; false when it has ended already. */
export async function endAttempt(
  trx: Transaction<Tables>,
  attempt: Attempt,
  end: AttemptEnd,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update auto_payment_attempt
    set state = ${end.kind === 'succeeded' ? 'SUCCEEDED' : 'REFUSED'}, ended_at = ${at},
      acquirer_payment_id = ${end.kind === 'succeeded' ? end.acquirerPaymentId : null},
      refusal = ${refusalOf(end)}
    where ${isAttempt(attempt)} and state = 'OPEN'
    returning try
  `.execute(trx)
  return rows.length > 0
}

function refusalOf(end: AttemptEnd): string | null {
  switch (end.kind) {
    case 'succeeded':
      return null
    case 'refused':
      return end.code
    case 'notMade':
      return 'NOT_MADE'
  }
}

function isAttempt(attempt: Attempt) {
  return sql`line_id = ${attempt.lineId} and auto_payment_id = ${attempt.autoPaymentId}
    and occasion = ${attempt.occasion} and try = ${attempt.try}`
}
