import { type Kysely, sql, type Transaction } from 'kysely'
import { type AskingMark, markAsked } from './asking-mark.ts'
import type { Tables } from './tables.ts'

export interface CardRefundKey {
  readonly lineId: string
  readonly refundId: string
}

export interface CardRefundRow {
  readonly id: string
  readonly line_id: string
  readonly payment_id: string
  readonly amount: bigint
  readonly status: 'PENDING' | 'SUCCEEDED' | 'FAILED'
  readonly request_sealed: string | null
  readonly acquirer_id: string | null
  readonly acquirer_payment_id: string
  readonly created_at: Date
  readonly asked_at: Date | null
  readonly failure: string | null
}

export function keyOfRefund({ line_id: lineId, id: refundId }: CardRefundRow): CardRefundKey {
  return { lineId, refundId }
}

const COLUMNS = [
  'id',
  'line_id',
  'payment_id',
  'amount',
  'status',
  'request_sealed',
  'acquirer_id',
  'acquirer_payment_id',
  'created_at',
  'asked_at',
  'failure',
] as const

export interface NewCardRefundRow extends CardRefundKey {
  readonly paymentId: string
  readonly acquirerPaymentId: string
  readonly amount: bigint
  readonly staffId: string
  readonly requestSealed: string
  readonly now: Date
}

export async function insertCardRefund(trx: Transaction<Tables>, refund: NewCardRefundRow): Promise<void> {
  await trx
    .insertInto('card_refund')
    .values({
      line_id: refund.lineId,
      id: refund.refundId,
      payment_id: refund.paymentId,
      acquirer_payment_id: refund.acquirerPaymentId,
      amount: refund.amount,
      status: 'PENDING',
      staff_id: refund.staffId,
      request_sealed: refund.requestSealed,
      created_at: refund.now,
    })
    .execute()
}

export function findCardRefund(db: Kysely<Tables>, key: CardRefundKey): Promise<CardRefundRow | undefined> {
  return selected(db, key).executeTakeFirst()
}

/** Takes the refund until the end of the transaction, after its payment: nobody begins to ask for it meanwhile. */
export function lockCardRefund(trx: Transaction<Tables>, key: CardRefundKey): Promise<CardRefundRow | undefined> {
  return selected(trx, key).forUpdate().executeTakeFirst()
}

function selected(db: Kysely<Tables>, { lineId, refundId }: CardRefundKey) {
  return db.selectFrom('card_refund').select(COLUMNS).where('line_id', '=', lineId).where('id', '=', refundId)
}

/** Ours of a payment that is one of the acquirer's; nothing when it is none that we know. */
export function findByAcquirerRefund(
  db: Kysely<Tables>,
  { lineId, acquirerId }: { readonly lineId: string; readonly acquirerId: string },
): Promise<CardRefundRow | undefined> {
  return db
    .selectFrom('card_refund')
    .select(COLUMNS)
    .where('line_id', '=', lineId)
    .where('acquirer_id', '=', acquirerId)
    .executeTakeFirst()
}

/** Says that the acquirer is being asked by the key. Null when that is over: then nobody may ask. */
export function markRefundAsked(
  db: Kysely<Tables>,
  { lineId, refundId }: CardRefundKey,
  now: Date,
): Promise<AskingMark | null> {
  const key = sql`line_id = ${lineId} and id = ${refundId}`
  const isOpen = sql`status = 'PENDING' and acquirer_id is null`
  return markAsked(db, { table: 'card_refund', key, isOpen }, now)
}

/**
 * Writes down that the acquirer's refund is this one. False when this one has ended or has another of theirs, or theirs is
 * another's of ours. Under the lock of the payment.
 */
export async function claimAcquirerRefund(
  trx: Transaction<Tables>,
  { lineId, refundId }: CardRefundKey,
  acquirerId: string,
): Promise<boolean> {
  const { rows } = await sql`
    update card_refund set acquirer_id = ${acquirerId}
    where line_id = ${lineId} and id = ${refundId} and status = 'PENDING'
      and (acquirer_id is null or acquirer_id = ${acquirerId})
      and not exists (
        select 1 from card_refund other
        where other.line_id = ${lineId} and other.acquirer_id = ${acquirerId} and other.id <> ${refundId}
      )
    returning id
  `.execute(trx)
  return rows.length > 0
}

/** What waits for the acquirer's word, of one payment. */
export function listPendingRefunds(
  db: Kysely<Tables>,
  { lineId, paymentId }: { readonly lineId: string; readonly paymentId: string },
): Promise<CardRefundRow[]> {
  return db
    .selectFrom('card_refund')
    .select(COLUMNS)
    .where('line_id', '=', lineId)
    .where('payment_id', '=', paymentId)
    .where('status', '=', 'PENDING')
    .orderBy('id')
    .execute()
}

/** What goes back, or is on its way back, of one payment. Exact under the lock of the payment. */
export async function sumRefunds(
  trx: Transaction<Tables>,
  { lineId, paymentId }: { readonly lineId: string; readonly paymentId: string },
): Promise<bigint> {
  const { rows } = await sql<{ total: bigint }>`
    select coalesce(sum(amount), 0)::bigint as total from card_refund
    where line_id = ${lineId} and payment_id = ${paymentId} and status <> 'FAILED'
  `.execute(trx)
  return rows[0]?.total ?? 0n
}

export interface CardRefundEnd {
  readonly status: 'SUCCEEDED' | 'FAILED'
  readonly failure: string | null
  /** By the acquirer's clock; null when nothing went back. */
  readonly refundedAt: Date | null
  readonly now: Date
}

/** Under the lock of the payment, as one that waits. */
export async function endCardRefund(
  trx: Transaction<Tables>,
  { lineId, refundId }: CardRefundKey,
  { status, failure, refundedAt, now }: CardRefundEnd,
): Promise<void> {
  await trx
    .updateTable('card_refund')
    .set({ status, failure, refunded_at: refundedAt, ended_at: now, request_sealed: null })
    .where('line_id', '=', lineId)
    .where('id', '=', refundId)
    .execute()
}

export async function addRefunded(
  trx: Transaction<Tables>,
  { lineId, paymentId }: { readonly lineId: string; readonly paymentId: string },
  amount: bigint,
): Promise<bigint> {
  const { rows } = await sql<{ refunded: bigint }>`
    update card_payment set refunded = refunded + ${amount}
    where line_id = ${lineId} and payment_id = ${paymentId} returning refunded
  `.execute(trx)
  return rows[0]?.refunded ?? 0n
}
