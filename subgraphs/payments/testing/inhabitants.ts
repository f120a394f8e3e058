import { accountId } from '../../../cli/testing/fixture.ts'
import { UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import type { Asker } from '../actions/asker.ts'
import { type SetAutoPayment, setAutoPayment } from '../actions/auto-payments/set-auto-payment.ts'
import { enableLiveBalance } from '../actions/live-balance/enable-live-balance.ts'
import { setSpendCap } from '../actions/spend-cap/set-spend-cap.ts'
import type { Inhabitant, World } from './simulate.ts'

const OWNER = accountId(1)
const CARD = '01900007-0000-7000-8000-000000000001'
const MOST_SPENT_KOPECKS = 6_000

/** The owner of the lines of a simulation. */
const BY_OWNER: Asker = {
  grant: { accountId: OWNER, rights: 15 },
  viewer: {
    principal: { kind: 'account', accountId: OWNER, personId: OWNER, sessionId: 'simulated', organizationRole: null },
    language: 'en',
    requestId: 'simulated',
    client: UNKNOWN_CLIENT,
  },
}

/** Uses the services of a line each day, as far as its money goes. */
export function spender(lineId: string): Inhabitant {
  return {
    name: 'spender',
    async act({ worker, chance }, day, moment) {
      if (chance('does it spend', lineId, day, moment) < 0.4) return
      const wanted = BigInt(Math.floor(chance('how much', lineId, day, moment) * MOST_SPENT_KOPECKS)) + 1n
      const left = await worker.posted(lineId)
      const amount = wanted < left ? wanted : left
      if (amount > 0n) await worker.spend(lineId, amount)
    },
  }
}

/** The acquirer's moods: mostly it pays, and sometimes it refuses, or is not heard. */
export function moodyAcquirer(): Inhabitant {
  const askings = new Map<string, number>()
  return {
    name: 'moody acquirer',
    async settle({ cards, chance, now }) {
      cards.behave(({ idempotenceKey, lineId }) => {
        const time = (askings.get(idempotenceKey) ?? 0) + 1
        askings.set(idempotenceKey, time)
        const mood = chance('mood', lineId, now().toISOString(), time)
        if (mood < 0.1) return 'refuse'
        if (mood < 0.15) return 'loseRequest'
        return mood < 0.2 ? 'loseAnswer' : 'succeed'
      })
    },
  }
}

type Wish = Omit<SetAutoPayment, 'lineId' | 'cardId'>

/** Has a line topped up by itself, and sets that again whenever it has been stopped. */
export function autoPayer(lineId: string, wish: Partial<Wish> & Pick<Wish, 'amount'>): Inhabitant {
  const set = async ({ worker }: World) => {
    const command = { threshold: null, schedule: null, monthlyCap: null, ...wish, lineId, cardId: CARD }
    const { kind } = await setAutoPayment(worker.dependencies, command, BY_OWNER)
    if (kind !== 'set') throw new Error(`an automatic payment was not set: ${kind}`)
  }
  return {
    name: 'auto payer',
    settle: set,
    async act(world, _, moment) {
      if (moment > 0) return
      const stopped = await world.database.sql(
        'select from payments.auto_payment where line_id = $1 and basis = $2 and stopped_by is not null',
        [lineId, wish.schedule === undefined ? 'THRESHOLD' : 'SCHEDULE'],
      )
      if (stopped.length > 0) await set(world)
    },
  }
}

/** Watches the balance of a line, for money, and wants it back as soon as there is money for it. */
export function watcher(lineId: string): Inhabitant {
  return {
    name: 'watcher',
    async settle({ worker }) {
      const wish = { lineId, dailyFee: '1.00', idempotencyKey: `watch ${lineId}` }
      const { kind } = await enableLiveBalance(worker.dependencies, wish, BY_OWNER)
      if (kind !== 'enabled') throw new Error(`the live balance was not switched on: ${kind}`)
    },
  }
}

/** Keeps an eye on the spending of a line. */
export function saver(lineId: string, monthlyAmount: string): Inhabitant {
  return {
    name: 'saver',
    async settle({ worker }) {
      await setSpendCap(worker.dependencies, { lineId, monthlyAmount }, BY_OWNER)
    },
  }
}

/** What must hold of all automatic payments and fees, asked of the database in a way of its own. */
export const BOOKKEEPER: Inhabitant = {
  name: 'bookkeeper',
  async findProblems({ database, cards }) {
    const problems: string[] = []
    for (const [problem, query] of Object.entries(BREACHES)) {
      const rows = await database.sql(query)
      if (rows.length > 0) problems.push(`${problem}: ${JSON.stringify(rows.slice(0, 3))}`)
    }
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
  },
}

/** Each query gives what breaks the rule that it is under. */
const BREACHES: Readonly<Record<string, string>> = {
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
}
