import { type RawBuilder, sql } from 'kysely'
import { type LineCheck, type LineRange, within } from './check.ts'

/** What has its money set aside until somebody else has answered: by which source key, how much, and how it stands. */
function waitingForOthers(range: LineRange): RawBuilder<object> {
  return sql`
    select line_id, 'payment ' || id as place,
      case kind when 'TRANSFER_OUT' then 'transfer:' else 'purchase:' end || id as source_key,
      amount + fee as amount, status
    from payment where ${within('payment', range)} and kind in ('TRANSFER_OUT', 'PURCHASE')
    union all
    select line_id, 'refund ' || id, 'card-refund:' || id, amount, status
    from card_refund where ${within('card_refund', range)}
  `
}

/** None of these holds expires, and none is taken in part: what is left of one that is forgotten is out of reach for ever. */
const paymentsEndWithHolds: LineCheck = {
  invariant: 'I6',
  meaning: 'what is set aside for a transfer, a purchase or a refund waits and ends with it, whole',
  isOfBalance: false,
  places: (range) => sql`
    select coalesce(asked.line_id, held.line_id) as line_id,
      coalesce(asked.place, 'hold for ' || held.source_key) as place
    from (${waitingForOthers(range)}) as asked
    full join (
      select * from hold where ${within('hold', range)} and source_key ~ '^(transfer|purchase|card-refund):'
    ) as held on held.line_id = asked.line_id and held.source_key = asked.source_key
    where case
      when held.id is null then asked.status <> 'FAILED'
      else held.amount is distinct from asked.amount
        or (asked.status, held.state) not in (('PENDING', 'PENDING'), ('SUCCEEDED', 'CAPTURED'), ('FAILED', 'RELEASED'))
        or (held.state = 'CAPTURED' and held.captured <> held.amount)
    end
  `,
}

const purchasesEndWithPayments: LineCheck = {
  invariant: 'I6',
  meaning: 'a merchant is asked of a purchase for as long as its payment waits',
  isOfBalance: false,
  places: (range) => sql`
    select coalesce(paid.line_id, asked.line_id) as line_id, 'purchase ' || coalesce(paid.id, asked.id) as place
    from (select * from payment where ${within('payment', range)} and kind = 'PURCHASE') as paid
    full join (select * from purchase where ${within('purchase', range)}) as asked
      on asked.line_id = paid.line_id and asked.id = paid.id
    where case
      when asked.id is null then paid.status <> 'FAILED'
      else (asked.amount, asked.fee, asked.is_over) is distinct from (paid.amount, paid.fee, paid.status <> 'PENDING')
    end
  `,
}

/** What a line's payments have moved is summed up at once: no index leads from a payment to its postings. */
const paymentsArePosted: LineCheck = {
  invariant: 'I6',
  meaning: 'a payment that succeeded is posted whole, one that was refunded is back, and any other has left nothing',
  isOfBalance: false,
  places: (range) => sql`
    select payment.line_id, 'payment ' || payment.id as place
    from payment
    left join (
      select cause.line_id, cause.payment_id,
        sum(customer_change(entry)) filter (where cause.kind <> 'CARD_REFUND') as moved,
        -sum(customer_change(entry)) filter (where cause.kind = 'CARD_REFUND') as returned
      from ledger_transaction as cause
      join ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
      where ${within('cause', range)} and ${within('entry', range)}
        and cause.payment_id is not null and entry.unit = 'KOPECK'
      group by cause.line_id, cause.payment_id
    ) as posted on posted.line_id = payment.line_id and posted.payment_id = payment.id
    where ${within('payment', range)} and (
      coalesce(posted.moved, 0) <> case
        when payment.status in ('PENDING', 'FAILED') then 0
        when payment.kind in ('TRANSFER_OUT', 'PURCHASE') then -(payment.amount + payment.fee)
        else payment.amount
      end
      or case payment.status
        when 'REFUNDED' then coalesce(posted.returned, 0) <> payment.amount
        when 'SUCCEEDED' then posted.returned >= payment.amount
        else posted.returned <> 0
      end
    )
  `,
}

export const PAYMENT_CHECKS: readonly LineCheck[] = [paymentsEndWithHolds, purchasesEndWithPayments, paymentsArePosted]
