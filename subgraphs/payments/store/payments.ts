import { sql, type Transaction } from 'kysely'
import type { PaymentKind, PaymentStatus, Tables } from './tables.ts'

/** A payment as the history shows it. */
export interface PaymentRow {
  readonly line_id: string
  readonly id: string
  readonly kind: PaymentKind
  readonly status: PaymentStatus
  readonly amount: bigint
  readonly fee: bigint
  readonly created_at: Date
}

export interface NewPayment {
  readonly lineId: string
  readonly id: string
  readonly kind: PaymentKind
  readonly amount: bigint
  readonly fee?: bigint
  /** The cabinet that pays; null where nobody of ours does. */
  readonly accountId: string | null
  readonly at: Date
  /** What its kind has of its own: no secret, and no number of a card. */
  readonly details?: object
}

/**
 * Begins a payment: it is under way until `endPayment`. After `lockBalance`. Processes' clocks differ, and who waited for
 * the lock has looked at the clock long ago; yet it comes after all others of its line, so that it lands on no page of
 * the history that somebody has turned over.
 */
export async function beginPayment(trx: Transaction<Tables>, payment: NewPayment): Promise<void> {
  await trx
    .insertInto('payment')
    .values({
      line_id: payment.lineId,
      id: payment.id,
      kind: payment.kind,
      amount: payment.amount,
      fee: payment.fee ?? 0n,
      account_id: payment.accountId,
      created_at: sql<Date>`greatest(${payment.at}::timestamptz,
        (select max(created_at) + interval '1 microsecond' from payment where line_id = ${payment.lineId}::uuid))`,
      ended_at: null,
      failure: null,
      details: JSON.stringify(payment.details ?? {}),
    })
    .execute()
}

/**
 * Ends a payment that is under way, and gives whose it was and what its kind has of its own; null when it has ended
 * already, and stays as it ended.
 */
export async function endPayment(
  trx: Transaction<Tables>,
  { lineId, id }: { readonly lineId: string; readonly id: string },
  end: { readonly status: 'SUCCEEDED' | 'FAILED'; readonly failure?: string; readonly at: Date },
): Promise<{ readonly details: unknown; readonly account_id: string | null } | null> {
  const ended = await trx
    .updateTable('payment')
    .set({ status: end.status, failure: end.failure ?? null, ended_at: end.at })
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .where('status', '=', 'PENDING')
    .returning(['details', 'account_id'])
    .executeTakeFirst()
  return ended ?? null
}
