import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, lineKeyText, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { PaymentView } from './payment-views.ts'

/** Which page of a line's payments: those that were begun before the one named, and nothing after one that is not there. */
export interface PaymentPageKey extends LineKey {
  readonly first: number
  readonly afterId: string | null
}

export function paymentPageKeyText(key: PaymentPageKey): string {
  return `${lineKeyText(key)}/${key.first}/${key.afterId}`
}

interface PaymentPageValues extends LineKeyValues {
  readonly sizes: readonly number[]
  readonly afterIds: readonly (string | null)[]
}

type PageRow = { readonly key: number } & (PaymentView | { readonly id: null })

const PAYMENT_PAGES = prepareStatement<PaymentPageValues, PageRow>(
  'payment-pages',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, page.*
    from allowed
    join unnest(${values.sizes}::int[], ${values.afterIds}::uuid[])
      with ordinality as asked (size, after_id, place) on asked.place = allowed.key
    left join payment as last on last.line_id = allowed.line_id and last.id = asked.after_id
    left join lateral (
      select payment.line_id, payment.id, payment.kind, payment.status, payment.amount, payment.fee, payment.created_at,
        payment.failure, payment.account_id,
        case when payment.account_id = allowed.account_id then card_payment.confirmation_url end as confirmation_url
      from payment
      left join card_payment on card_payment.line_id = payment.line_id and card_payment.payment_id = payment.id
      where payment.line_id = allowed.line_id and (payment.created_at, payment.id)
        < (case when asked.after_id is null then 'infinity' else last.created_at end, last.id)
      order by payment.created_at desc, payment.id desc
      limit asked.size
    ) as page on true
    order by allowed.key, page.created_at desc, page.id desc
  `,
)

/** The payments of each page, the newest first, and one more where another page follows; null for a line that is not there. */
export async function readPaymentPages(
  reader: Reader,
  keys: readonly PaymentPageKey[],
  now: Date,
): Promise<(PaymentView[] | null)[]> {
  const rows = await reader.read(PAYMENT_PAGES, {
    ...toLineKeyValues(keys, now),
    sizes: keys.map(({ first }) => first + 1),
    afterIds: keys.map(({ afterId }) => afterId),
  })
  const byKey = Map.groupBy(rows, ({ key }) => key)
  return keys.map((_, place) => byKey.get(place + 1)?.filter(isPayment) ?? null)
}

function isPayment(row: PageRow): row is PageRow & PaymentView {
  return row.id !== null
}
