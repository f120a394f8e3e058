import type { PaymentView } from '../store/payment-views.ts'
import type { PaymentKind } from '../store/tables.ts'

/** A payment as it was begun, kept as JSON with a client's key. */
interface BegunPayment {
  readonly lineId: string
  readonly id: string
  readonly amount: string
  readonly fee: string
  readonly createdAt: string
}

/** Shows it under way, however far it is by now: a repeated key is answered alike. */
export function toPayment(kind: PaymentKind, { lineId, id, amount, fee, createdAt }: BegunPayment): PaymentView {
  return {
    line_id: lineId,
    id,
    kind,
    status: 'PENDING',
    amount: BigInt(amount),
    fee: BigInt(fee),
    created_at: new Date(createdAt),
    failure: null,
    account_id: null,
    confirmation_url: null,
  }
}
