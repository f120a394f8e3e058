import { type Kysely, sql, type Transaction } from 'kysely'
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
  readonly failure: string | null
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

export function findCardRefund(
  db: Kysely<Tables>,
  { lineId, refundId }: CardRefundKey,
): Promise<CardRefundRow | undefined> {
  return db
    .selectFrom('card_refund')
    .select(COLUMNS)
    .where('line_id', '=', lineId)
    .where('id', '=', refundId)
    .executeTakeFirst()
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

/** Whether a refund of the acquirer's is one of ours on the line already. */
export async function isKnownRefund(db: Kysely<Tables>, lineId: string, acquirerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('card_refund')
    .select('id')
    .where('line_id', '=', lineId)
    .where('acquirer_id', '=', acquirerId)
    .executeTakeFirst()
  return row !== undefined
}

export interface CardRefundEnd {
  readonly status: 'SUCCEEDED' | 'FAILED'
  readonly acquirerId: string | null
  readonly failure: string | null
  /** By the acquirer's clock; null when nothing went back. */
  readonly refundedAt: Date | null
  readonly now: Date
}

/** False when it ended before. */
export async function endCardRefund(
  trx: Transaction<Tables>,
  { lineId, refundId }: CardRefundKey,
  { status, acquirerId, failure, refundedAt, now }: CardRefundEnd,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('card_refund')
    .set({ status, acquirer_id: acquirerId, failure, refunded_at: refundedAt, ended_at: now, request_sealed: null })
    .where('line_id', '=', lineId)
    .where('id', '=', refundId)
    .where('status', '=', 'PENDING')
    .executeTakeFirst()
  return numUpdatedRows > 0n
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
