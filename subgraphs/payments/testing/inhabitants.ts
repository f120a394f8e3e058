import { accountId } from '../../../cli/testing/fixture.ts'
import { UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import type { Asker } from '../actions/asker.ts'
import { type SetAutoPayment, setAutoPayment } from '../actions/auto-payments/set-auto-payment.ts'
import { givePoints } from '../actions/bonus/give-points.ts'
import type { ChargeActions } from '../actions/charges/charge-actions.ts'
import type { ChargeKey } from '../actions/charges/charge-wish.ts'
import { enableLiveBalance } from '../actions/live-balance/enable-live-balance.ts'
import { takePromisedPayment } from '../actions/promised-payments/take-promised-payment.ts'
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

/** Uses the services of a line each day, as far as its money goes and what it was promised. */
export function spender(lineId: string): Inhabitant {
  return {
    name: 'spender',
    async act({ worker, chance }, day, moment) {
      if (chance('does it spend', lineId, day, moment) < 0.4) return
      const wanted = BigInt(Math.floor(chance('how much', lineId, day, moment) * MOST_SPENT_KOPECKS)) + 1n
      const left = await worker.spendable(lineId)
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

/** Has a line promised money when little is left of its own, as often as the operator lets it. */
export function borrower(lineId: string): Inhabitant {
  return {
    name: 'borrower',
    async act({ worker, chance, database }, day, moment) {
      if ((await worker.spendable(lineId)) > LITTLE_KOPECKS) return
      if (chance('does it borrow', lineId, day, moment) < 0.5) return
      // Whoever asks for another ends one that is due: here the round has to.
      if ((await database.sql(OWED, [lineId])).length > 0) return
      const amount = pick(['20.00', '50.00', '120.00'], chance('how much is borrowed', lineId, day, moment))
      const wish = { lineId, amount, idempotencyKey: `borrow ${lineId} ${day} ${moment}` }
      const { kind } = await takePromisedPayment(worker.dependencies, wish, BY_OWNER)
      if (kind !== 'taken' && kind !== 'notEligible') throw new Error(`a promise was not taken: ${kind}`)
    },
  }
}

const LITTLE_KOPECKS = 2_000n
const OWED = 'select from payments.promised_payment where line_id = $1 and ended_at is null'

/** Has services that set money of a line aside first: they take it later, a part of it, nothing, or are forgotten. */
export function holder(lineId: string): Inhabitant {
  let last: string | null = null
  return {
    name: 'holder',
    async settle() {
      last = null
    },
    async act({ charges, chance }, day, moment) {
      const ways = chance('how it ends', lineId, day, moment)
      if (last !== null) await endReservation(charges, { service: 'products', lineId, id: last }, ways)
      last = `held ${day} ${moment}`
      const minutes = pick([10, 60, 1_440], chance('for how long', lineId, day, moment))
      const { kind } = await charges.reserve({
        ...{ service: 'products', lineId, id: last, amount: '7.50', kind: 'SERVICE_CHARGE', minutes },
        reason: { title: { ru: 'Бронь', en: 'A booking' } },
      })
      if (kind !== 'reserved' && kind !== 'notEligible') throw new Error(`nothing was set aside: ${kind}`)
    },
    async leave({ charges }) {
      if (last !== null) await charges.releaseReservation({ service: 'products', lineId, id: last })
    },
  }
}

async function endReservation(charges: ChargeActions, key: ChargeKey, chance: number): Promise<void> {
  if (chance < 0.3) await charges.releaseReservation(key)
  else if (chance < 0.8) await charges.captureReservation({ ...key, amount: chance < 0.6 ? '3.20' : null })
}

/** Gives points of a line away now and then. */
export function giver(lineId: string, toPhone: string): Inhabitant {
  return {
    name: 'giver',
    async act({ worker, chance }, day, moment) {
      if (chance('does it give', lineId, day, moment) < 0.9) return
      const points = 10 + Math.floor(chance('how many points', lineId, day, moment) * 40)
      const wish = { fromLineId: lineId, toPhone, points, idempotencyKey: `give ${lineId} ${day} ${moment}` }
      const { kind } = await givePoints(worker.dependencies, wish, BY_OWNER)
      if (kind !== 'given' && kind !== 'notEligible') throw new Error(`no points were given: ${kind}`)
    },
  }
}

function pick<Choice>(choices: readonly Choice[], chance: number): Choice {
  return choices[Math.floor(chance * choices.length)] as Choice
}
