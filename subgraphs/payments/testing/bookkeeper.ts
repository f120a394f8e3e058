import type { Inhabitant, World } from './simulate.ts'

/** What must hold of all that comes round, asked of the database in a way of its own. */
export const BOOKKEEPER: Inhabitant = {
  name: 'bookkeeper',
  async findProblems(world) {
    return [
      ...(await findBreaches(world.database, BREACHES)),
      ...(await findBreaches(world.database, OVERDUE, [world.now()])),
      ...(await findLostMoney(world)),
    ]
  },
}

type Queries = Readonly<Record<string, string>>

async function findBreaches({ sql }: World['database'], queries: Queries, values: readonly unknown[] = []) {
  const problems: string[] = []
  for (const [problem, query] of Object.entries(queries)) {
    const rows = await sql(query, values)
    if (rows.length > 0) problems.push(`${problem}: ${JSON.stringify(rows.slice(0, 3))}`)
  }
  return problems
}

/** What the bank has taken is on a line, or under way to it. */
async function findLostMoney({ database, cards }: World): Promise<string[]> {
  const problems: string[] = []
  const credited = await database.sql<{ key: string; amount: bigint }>(
    `select replace(source_key, 'acquirer:at-the-bank-', '') as key, amount
       from payments.ledger_transaction as cause
       join payments.ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
       where source_key like 'acquirer:%'`,
  )
  for (const { key, amount } of credited) {
    if (cards.taken.get(key)?.amount !== BigInt(amount)) problems.push(`${key} was credited and not taken`)
  }
  const open = await database.sql<{ payment_id: string }>(
    `select payment_id from payments.auto_payment_attempt where state = 'OPEN'`,
  )
  const known = new Set([...credited.map(({ key }) => key), ...open.map(({ payment_id }) => payment_id)])
  for (const key of cards.taken.keys()) if (!known.has(key)) problems.push(`${key} was taken and is lost`)
  return problems
}

/** Each query gives what breaks the rule that it is under. */
const BREACHES: Queries = {
  'an occasion is paid for once': `
    select line_id, auto_payment_id, occasion from payments.auto_payment_attempt where state = 'SUCCEEDED'
    group by 1, 2, 3 having count(*) > 1`,
  'a month’s cap is kept': `
    select line_id, month, sum(attempt.amount) from payments.auto_payment_attempt as attempt
    join payments.auto_payment as set using (line_id)
    where set.id = auto_payment_id and state = 'SUCCEEDED' and monthly_cap is not null
    group by 1, 2, monthly_cap having sum(attempt.amount) > monthly_cap`,
  'no more than three refusals are in a row': `
    select line_id, id from payments.auto_payment where refusals > 3`,
  'a payment ends as its attempt does': `
    select payment.id from payments.payment join payments.auto_payment_attempt as attempt
      on attempt.line_id = payment.line_id and attempt.payment_id = payment.id
    where (payment.status, attempt.state)
      not in (('PENDING', 'OPEN'), ('SUCCEEDED', 'SUCCEEDED'), ('FAILED', 'REFUSED'))`,
  'the calendar comes round on its days': `
    select attempt.line_id, attempt.occasion from payments.auto_payment_attempt as attempt
    join payments.auto_payment as set using (line_id)
    where set.id = auto_payment_id and schedule = 'MONTHLY' and attempt.occasion::date > counts_from
      and extract(day from attempt.occasion::date) <> least(extract(day from counts_from),
        extract(day from date_trunc('month', attempt.occasion::date) + interval '1 month -1 day'))`,
  'a level is told of when it is reached': `
    select line_id, month, percent from payments.spend_cap_alert where spent * 100 < monthly_amount * percent`,
  'what is promised is what may be spent of it': `
    select balance.line_id from payments.ledger_balance as balance
    left join payments.promised_payment as promise on promise.line_id = balance.line_id and promise.ended_at is null
    where balance.unit = 'KOPECK' and balance.promised <> coalesce(promise.amount, 0)`,
  'a promise costs what it was said to cost': `
    select promise.line_id, promise.id from payments.promised_payment as promise
    left join payments.ledger_transaction as cause
      on cause.line_id = promise.line_id and cause.source_key = 'promised-payment:' || promise.id
    left join payments.ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
    group by 1, 2, promise.fee having coalesce(sum(entry.amount), 0) <> promise.fee`,
  'whoever did not pay a promise back was reminded': `
    select line_id, id from payments.promised_payment where ended_by = 'DUE_DATE' and reminded_at is null`,
  'all that services cost has earned points, once': `
    select balance.line_id from payments.ledger_balance as balance
    left join payments.bonus_progress as progress using (line_id)
    where balance.unit = 'KOPECK' and (coalesce(counted, 0) <> entry_sequence or coalesce(remainder, 0) <> (
      select coalesce(sum(case entry.unit when 'KOPECK' then -payments.customer_change(entry)
        else -entry.amount * (select value::bigint from payments.policy where name = 'bonus.kopecksPerPoint') end), 0)
      from payments.ledger_entry as entry where entry.line_id = balance.line_id
        and kind in ('SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'COMPENSATION', 'BONUS_EARNED')
    ))`,
  'points that were given have arrived, once': `
    select source_key from payments.ledger_transaction as cause
    join payments.ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
    where cause.kind in ('BONUS_GIVEN', 'BONUS_RECEIVED')
    group by 1 having count(*) <> 2 or sum(payments.customer_change(entry)) <> 0`,
}

/** The same of what is to be over at a moment. Rounds come twice a day, and promises fall due when one comes. */
const OVERDUE: Queries = {
  'a promise ends when it is due': `
    select line_id, id from payments.promised_payment
    where coalesce(ended_at, $1) > due_at or (ended_at is null and due_at <= $1)`,
  'a hold ends when its time is over': `
    select line_id, id from payments.hold
    where coalesce(ended_at, $1) > expires_at + interval '1 day' or (state = 'PENDING' and expires_at <= $1)
      or (state = 'CAPTURED' and ended_at >= expires_at)`,
  'points go when their time is over': `
    select line_id, id from payments.bonus_lot where remaining > 0 and expires_at <= $1`,
  'points go no sooner': `
    select line_id from payments.ledger_entry as entry where kind = 'BONUS_EXPIRED'
    group by 1 having sum(amount) > (
      select coalesce(sum(earned), 0) from payments.bonus_lot as lot
      where lot.line_id = entry.line_id and expires_at <= $1
    )`,
  'keys are forgotten in their time': `
    select operation, key from payments.idempotency_key where created_at < $1::timestamptz - interval '31 days'`,
  'days on which somebody asked are forgotten': `
    select account_id, day from (
      select account_id, day from payments.transfer_quote_day
      union all select account_id, day from payments.purchase_quote_day
    ) as asked where day < $1::timestamptz - interval '3 days'`,
}
