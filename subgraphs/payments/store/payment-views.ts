import { type Kysely, sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { LINE_RIGHTS } from '../../../platform/access/rights.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { CardPaymentKey } from './card-payments.ts'
import type { PaymentRow } from './payments.ts'
import type { Tables } from './tables.ts'

/** A payment with what its payer sees besides. */
export interface PaymentView extends PaymentRow {
  /** Why it failed, as a code; null unless it did. */
  readonly failure: string | null
  /** Who paid. */
  readonly account_id: string | null
  /** Where the customer goes to pay; null when there is nothing to do. */
  readonly confirmation_url: string | null
}

/** A payment without a check of rights: for whoever has just made it. */
export async function readPayment(
  db: Kysely<Tables>,
  { lineId, paymentId }: CardPaymentKey,
): Promise<PaymentView | undefined> {
  return db
    .selectFrom('payment')
    .leftJoin('card_payment', (join) =>
      join.onRef('card_payment.line_id', '=', 'payment.line_id').onRef('card_payment.payment_id', '=', 'payment.id'),
    )
    .where('payment.line_id', '=', lineId)
    .where('payment.id', '=', paymentId)
    .select([
      'payment.line_id',
      'payment.id',
      'payment.kind',
      'payment.status',
      'payment.amount',
      'payment.fee',
      'payment.created_at',
      'payment.failure',
      'payment.account_id',
      'card_payment.confirmation_url',
    ])
    .executeTakeFirst()
}

/** A payment as somebody asks for it. */
export interface PaymentKey extends LineKey {
  readonly paymentId: string
}

interface PaymentKeyValues extends LineKeyValues {
  readonly paymentIds: readonly string[]
}

/**
 * Who sees a line sees its payments; who may only pay for it sees their own. The way to pay is the payer's alone.
 */
const PAYMENT_VIEWS = prepareStatement<PaymentKeyValues, PaymentView & { readonly key: number }>(
  'payment-views',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, payment.line_id, payment.id, payment.kind, payment.status, payment.amount, payment.fee,
      payment.created_at, payment.failure, payment.account_id,
      case when payment.status = 'PENDING' and payment.account_id = allowed.account_id
        then card_payment.confirmation_url end as confirmation_url
    from allowed
    join unnest(${values.paymentIds}::uuid[]) with ordinality as asked (payment_id, place) on asked.place = allowed.key
    join payment on payment.line_id = allowed.line_id and payment.id = asked.payment_id
    left join card_payment on card_payment.line_id = payment.line_id and card_payment.payment_id = payment.id
    where allowed.account_id is null or allowed.rights & ${sql.lit(LINE_RIGHTS.VIEW)} <> 0
      or payment.account_id = allowed.account_id
  `,
)

/** Null for a payment that is not there for its asker. */
export async function readPaymentViews(
  reader: Reader,
  keys: readonly PaymentKey[],
  now: Date,
): Promise<(PaymentView | null)[]> {
  const paymentIds = keys.map(({ paymentId }) => paymentId)
  const views = new Array<PaymentView | null>(keys.length).fill(null)
  for (const { key, ...view } of await reader.read(PAYMENT_VIEWS, { ...toLineKeyValues(keys, now), paymentIds })) {
    views[key - 1] = view
  }
  return views
}
