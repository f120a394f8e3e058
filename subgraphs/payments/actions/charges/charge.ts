import type { Transaction } from 'kysely'
import { atOneMoment } from '../../../../platform/clock.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { lockBalance, lockFreeBalances } from '../../ledger/balance.ts'
import { postAll } from '../../ledger/post.ts'
import { findCharges } from '../../store/charges.ts'
import type { Tables } from '../../store/tables.ts'
import type { FailedChargeRule } from './charge-rules.ts'
import { type ChargeRefusal, type ChargeWish, type ParsedCharge, parseCharge, takeForService } from './charge-wish.ts'
import { decideCharges } from './decide-charges.ts'
import type { ReservationDependencies } from './reserve.ts'
import { createTogether, type Locked } from './together.ts'

export type ChargeOutcome =
  | ChargeRefusal
  | { readonly kind: 'charged' }
  | { readonly kind: 'idReused' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedChargeRule[] }

interface WantedCharge extends ParsedCharge {
  readonly sourceKey: string
}

/** Takes money or points for a service at once, once for each of its ids. */
export function createCharge(dependencies: ReservationDependencies): (wish: ChargeWish) => Promise<ChargeOutcome> {
  const chargeTogether = createTogether<WantedCharge, ChargeOutcome>(dependencies, {
    lock: (trx, { lineId, unit }) => lockBalance(trx, lineId, unit),
    lockFree: lockFreeBalances,
    run: (trx, wanted) => chargeAll(trx, atOneMoment(dependencies), wanted),
    whenNoBook: { kind: 'lineNotFound' },
  })
  return async (wish) => {
    const parsed = parseCharge(wish, 'chargeId')
    if (parsed.kind !== 'parsed') return parsed
    return chargeTogether({ ...parsed.charge, sourceKey: `charge:${wish.service}:${wish.id}` })
  }
}

async function chargeAll(
  trx: Transaction<Tables>,
  dependencies: ReservationDependencies,
  wanted: readonly Locked<WantedCharge>[],
): Promise<ChargeOutcome[]> {
  const decisions = await decideCharges(trx, dependencies, wanted, await findCharges(trx, wanted))
  const occurredAt = dependencies.clock.now()
  const granted = wanted.filter((_, place) => decisions[place]?.kind === 'granted')
  const outcomes = await postAll(
    trx,
    dependencies,
    granted.map((charge) => ({ ...charge, occurredAt, movements: [takeForService(charge.unit, charge.amount)] })),
  )
  // Another came first under its id, and under the lock of the other unit.
  const isReused = new Set(granted.filter((_, place) => outcomes[place]?.kind === 'alreadyPosted'))
  return wanted.map((charge, place) => {
    const decision = decisions[place]
    invariant(decision, 'each wish is decided on')
    if (isReused.has(charge)) return { kind: 'idReused' }
    return decision.kind === 'granted' || decision.kind === 'doneBefore' ? { kind: 'charged' } : decision
  })
}
