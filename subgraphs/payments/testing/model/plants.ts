import { sql } from 'kysely'
import { type LedgerParts, SOUND_PARTS } from './world.ts'

/** Reads as `lockBalance` does, but locks nothing; and takes its time, as a loaded server does. */
export const readUnlocked: LedgerParts['lockBalance'] = async (trx, lineId, unit) => {
  const { rows } = await sql<{ posted: bigint; reserved: bigint; debt_limit: bigint; promised: bigint }>`
    select posted, reserved, debt_limit, promised from ledger_balance where line_id = ${lineId} and unit = ${unit}
  `.execute(trx)
  await sql`select pg_sleep(0.01)`.execute(trx)
  const [row] = rows
  return row ? { ...row, debtLimit: row.debt_limit, promisedUntil: null } : null
}

/** A mistake of one part, the operations that come by it, and what is to be said of it. */
export interface Plant {
  readonly parts: Partial<LedgerParts>
  readonly only: readonly string[]
  readonly told: RegExp
}

const TO_POINTS = ['topUp', 'charge', 'earnPoints']
const YEAR_MS = 31_536_000_000

export const PLANTS: Readonly<Record<string, Plant>> = {
  'a promise never ends': {
    parts: { endDuePromises: async () => 0 },
    only: ['promise', 'charge', 'expire'],
    told: /promised, not 0|as a debt, not/,
  },
  'an ended promise leaves more to spend than the debt': {
    parts: {
      async endDuePromises(dependencies) {
        const ended = await SOUND_PARTS.endDuePromises(dependencies)
        await sql`update ledger_balance set debt_limit = debt_limit + 1 where debt_limit > 0`.execute(dependencies.db)
        return ended
      },
    },
    only: ['promise', 'charge', 'expire'],
    told: /as a debt, not/,
  },
  'a promise is taken for another amount': {
    parts: {
      takePromisedPayment: (dependencies, wish, asker) =>
        SOUND_PARTS.takePromisedPayment(dependencies, { ...wish, amount: '0.31' }, asker),
    },
    only: ['promise'],
    told: /promised, not|is taken|posted, not/,
  },
  'points are earned by another measure': {
    parts: {
      earnPointsOf(dependencies, lineId) {
        const current = async () => ({ ...(await dependencies.policies.current()), 'bonus.kopecksPerPoint': 19 })
        return SOUND_PARTS.earnPointsOf({ ...dependencies, policies: { current } }, lineId)
      },
    },
    only: TO_POINTS,
    told: /has earned/,
  },
  'points never expire': {
    parts: { expirePoints: async () => 0n },
    only: [...TO_POINTS, 'passDays'],
    told: /points for ever/,
  },
  'points that are given are good for longer': {
    parts: {
      receivePoints(dependencies, event) {
        const later = (at: string) => new Date(Date.parse(at) + YEAR_MS).toISOString()
        const lots = event.lots.map((lot) => ({ ...lot, expiresAt: later(lot.expiresAt) }))
        return SOUND_PARTS.receivePoints(dependencies, { ...event, lots })
      },
    },
    only: [...TO_POINTS, 'givePoints'],
    told: /points for ever/,
  },
  'more points are spent than there are': {
    parts: {
      async lockBalance(trx, lineId, unit) {
        const balance = await SOUND_PARTS.lockBalance(trx, lineId, unit)
        return balance && unit === 'POINT' ? { ...balance, posted: balance.posted + 9n } : balance
      },
    },
    only: [...TO_POINTS, 'holdPoints'],
    told: /balance_floor/,
  },
  'a merchant is paid without the fee': {
    parts: {
      endPurchaseAs: (dependencies, purchase, answer) =>
        SOUND_PARTS.endPurchaseAs(dependencies, { ...purchase, fee: 0n }, answer),
    },
    only: ['topUp', 'purchase', 'endPurchase'],
    told: /posted, not/,
  },
  'what a merchant refuses is taken all the same': {
    parts: {
      endPurchaseAs: (dependencies, purchase) => SOUND_PARTS.endPurchaseAs(dependencies, purchase, { kind: 'done' }),
    },
    only: ['topUp', 'purchase', 'endPurchase'],
    told: /posted, not/,
  },
  'more goes back to a card than staff said': {
    parts: {
      refundPayment: (dependencies, wish, viewer) =>
        SOUND_PARTS.refundPayment(dependencies, { ...wish, amount: null }, viewer),
    },
    only: ['cardTopUp', 'refund'],
    told: /posted, not|the refund .* is/,
  },
}
