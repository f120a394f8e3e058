import { type Kysely, sql, type Transaction } from 'kysely'
import { type AskingMark, markAsked } from './asking-mark.ts'
import type { CardPaymentState } from './card-tables.ts'
import { beginPayment } from './payments.ts'
import type { PaymentKind, PaymentStatus, Tables } from './tables.ts'

export interface CardPaymentKey {
  readonly lineId: string
  readonly paymentId: string
}

/** A payment by card: what people see of it, and how it stands with the acquirer. */
export interface CardPaymentRow {
  readonly line_id: string
  readonly payment_id: string
  readonly kind: PaymentKind
  readonly status: PaymentStatus
  readonly amount: bigint
  readonly account_id: string | null
  readonly created_at: Date
  readonly state: CardPaymentState
  readonly request_sealed: string | null
  readonly acquirer_id: string | null
  readonly card_id: string | null
  readonly is_card_saved: boolean
  readonly expires_at: Date
  readonly asked_at: Date | null
  readonly refunded: bigint
  /** Why it brought no money. */
  readonly failure: string | null
  /** What its kind has of its own. */
  readonly details: unknown
}

export function keyOf({ line_id: lineId, payment_id: paymentId }: CardPaymentRow): CardPaymentKey {
  return { lineId, paymentId }
}

export interface NewCardPaymentRow extends CardPaymentKey {
  readonly kind: PaymentKind
  readonly amount: bigint
  readonly accountId: string
  readonly requestSealed: string
  readonly cardId: string | null
  readonly isCardSaved: boolean
  readonly now: Date
  readonly expiresAt: Date
  readonly details: object
}

export async function insertCardPayment(trx: Transaction<Tables>, row: NewCardPaymentRow): Promise<void> {
  const { lineId, paymentId, kind, amount, accountId, now, details } = row
  await beginPayment(trx, { lineId, id: paymentId, kind, amount, accountId, at: now, details })
  await insertCardAsking(trx, row)
}

/** What the acquirer is to be asked for a payment that was begun; nothing when it is there already. */
export async function insertCardAsking(
  trx: Transaction<Tables>,
  row: Pick<NewCardPaymentRow, 'lineId' | 'paymentId' | 'requestSealed' | 'cardId' | 'isCardSaved' | 'expiresAt'>,
): Promise<void> {
  await trx
    .insertInto('card_payment')
    .values({
      line_id: row.lineId,
      payment_id: row.paymentId,
      request_sealed: row.requestSealed,
      card_id: row.cardId,
      is_card_saved: row.isCardSaved,
      expires_at: row.expiresAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export function findCardPayment(db: Kysely<Tables>, key: CardPaymentKey): Promise<CardPaymentRow | undefined> {
  return joined(db, key).executeTakeFirst()
}

/** Takes the payment until the end of the transaction: everybody who changes it comes by here first. */
export function lockCardPayment(trx: Transaction<Tables>, key: CardPaymentKey): Promise<CardPaymentRow | undefined> {
  return joined(trx, key).forUpdate().executeTakeFirst()
}

function joined(db: Kysely<Tables>, { lineId, paymentId }: CardPaymentKey) {
  return db
    .selectFrom('card_payment')
    .innerJoin('payment', (join) =>
      join.onRef('payment.line_id', '=', 'card_payment.line_id').onRef('payment.id', '=', 'card_payment.payment_id'),
    )
    .where('card_payment.line_id', '=', lineId)
    .where('card_payment.payment_id', '=', paymentId)
    .select([
      'card_payment.line_id',
      'card_payment.payment_id',
      'payment.kind',
      'payment.status',
      'payment.amount',
      'payment.account_id',
      'payment.created_at',
      'card_payment.state',
      'card_payment.request_sealed',
      'card_payment.acquirer_id',
      'card_payment.card_id',
      'card_payment.is_card_saved',
      'card_payment.expires_at',
      'card_payment.asked_at',
      'card_payment.refunded',
      'payment.failure',
      'payment.details',
    ])
}

/** Says that the acquirer is being asked by the key. Null when that is over, or the time to pay is: then nobody may ask. */
export function markPaymentAsked(
  db: Kysely<Tables>,
  { lineId, paymentId }: CardPaymentKey,
  now: Date,
): Promise<AskingMark | null> {
  const key = sql`line_id = ${lineId} and payment_id = ${paymentId}`
  const isOpen = sql`state = 'ASKING' and acquirer_id is null and expires_at > ${now}`
  return markAsked(db, { table: 'card_payment', key, isOpen }, now)
}

/** What was begun onto a line since a moment and did not fail. Exact under the lock of the line's balance. */
export async function sumTopUps(
  trx: Transaction<Tables>,
  lineId: string,
  since: Date,
): Promise<{ readonly kopecks: bigint; readonly count: number }> {
  const { rows } = await sql<{ kopecks: bigint; count: number }>`
    select coalesce(sum(amount) filter (where status <> 'FAILED'), 0)::bigint as kopecks, count(*)::int as count
    from payment where line_id = ${lineId} and kind = 'TOP_UP' and created_at > ${since}
  `.execute(trx)
  return rows[0] ?? { kopecks: 0n, count: 0 }
}

/** Writes down whose payment one of the acquirer's is. False when it is another's already: nothing may be credited by it. */
export async function writeAcquirerPayment(
  trx: Transaction<Tables>,
  { lineId, paymentId }: CardPaymentKey,
  acquirerId: string,
): Promise<boolean> {
  await sql`
    insert into acquirer_payment_directory (acquirer_id, line_id, payment_id)
    values (${acquirerId}, ${lineId}, ${paymentId}) on conflict do nothing
  `.execute(trx)
  // A statement of its own: it sees what somebody who was faster has committed meanwhile.
  const owner = await findByAcquirerId(trx, acquirerId)
  return owner?.lineId === lineId && owner.paymentId === paymentId
}

/**
 * Writes down that the acquirer's payment is this one of ours. False when it is another's already, or this one has
 * another of theirs: then nothing may be credited by it.
 */
export async function claimAcquirerPayment(
  trx: Transaction<Tables>,
  { lineId, paymentId }: CardPaymentKey,
  acquirerId: string,
): Promise<boolean> {
  if (!(await writeAcquirerPayment(trx, { lineId, paymentId }, acquirerId))) return false
  const { rows } = await sql`
    update card_payment set acquirer_id = ${acquirerId}
    where line_id = ${lineId} and payment_id = ${paymentId} and (acquirer_id is null or acquirer_id = ${acquirerId})
    returning payment_id
  `.execute(trx)
  return rows.length > 0
}

/** Whose payment one of the acquirer's is; null when it is nobody's of ours. */
export async function findByAcquirerId(db: Kysely<Tables>, acquirerId: string): Promise<CardPaymentKey | null> {
  const row = await db
    .selectFrom('acquirer_payment_directory')
    .select(['line_id', 'payment_id'])
    .where('acquirer_id', '=', acquirerId)
    .executeTakeFirst()
  return row ? { lineId: row.line_id, paymentId: row.payment_id } : null
}

/** The acquirer has it, and the customer may go there. */
export async function openCardPayment(
  trx: Transaction<Tables>,
  { lineId, paymentId }: CardPaymentKey,
  confirmationUrl: string | null,
): Promise<void> {
  await trx
    .updateTable('card_payment')
    .set({ state: 'OPEN', request_sealed: null, confirmation_url: confirmationUrl })
    .where('line_id', '=', lineId)
    .where('payment_id', '=', paymentId)
    .where('state', '<>', 'ENDED')
    .execute()
}

/** Payments of an account that are under way save no card. One that is being settled at this moment is waited for. */
export async function saveNoCards(trx: Transaction<Tables>, accountId: string): Promise<void> {
  await sql`
    update card_payment set is_card_saved = false
    from payment
    where payment.line_id = card_payment.line_id and payment.id = card_payment.payment_id
      and payment.account_id = ${accountId} and card_payment.is_card_saved and card_payment.state <> 'ENDED'
  `.execute(trx)
}

/** Nothing more is to be learnt of it. */
export async function endCardPayment(
  trx: Transaction<Tables>,
  { lineId, paymentId }: CardPaymentKey,
  { capturedAt, cardId }: { readonly capturedAt: Date | null; readonly cardId: string | null },
): Promise<void> {
  await trx
    .updateTable('card_payment')
    .set({
      state: 'ENDED',
      request_sealed: null,
      confirmation_url: null,
      captured_at: capturedAt,
      ...(cardId !== null && { card_id: cardId }),
    })
    .where('line_id', '=', lineId)
    .where('payment_id', '=', paymentId)
    .execute()
}

export interface PaymentEnd {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'REFUNDED'
  readonly failure: string | null
  readonly now: Date
}

/** How people see it from now on. */
export async function setPaymentStatus(
  trx: Transaction<Tables>,
  { lineId, paymentId }: CardPaymentKey,
  { status, failure, now }: PaymentEnd,
): Promise<void> {
  await trx
    .updateTable('payment')
    .set({ status, failure, ended_at: now })
    .where('line_id', '=', lineId)
    .where('id', '=', paymentId)
    .execute()
}
