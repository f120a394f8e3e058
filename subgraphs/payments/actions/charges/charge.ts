import type { Transaction } from 'kysely'
import { invariant } from '../../../../platform/invariant.ts'
import { postAll } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import { findCharges } from '../../store/charges.ts'
import type { Tables } from '../../store/tables.ts'
import type { FailedChargeRule } from './charge-rules.ts'
import { type ChargeRefusal, type ChargeWish, type ParsedCharge, parseCharge } from './charge-wish.ts'
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

/** Takes money for a service at once, once for each of its ids. */
export function createCharge(dependencies: ReservationDependencies): (wish: ChargeWish) => Promise<ChargeOutcome> {
  const chargeTogether = createTogether<WantedCharge, ChargeOutcome>(dependencies, {
    run: (trx, wanted) => chargeAll(trx, dependencies, wanted),
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
  const postings = wanted
    .filter((_, place) => decisions[place]?.kind === 'granted')
    .map((charge) => ({ ...charge, occurredAt, movements: [take('KOPECK', 'REVENUE', charge.amount)] }))
  const outcomes = await postAll(trx, dependencies, postings)
  invariant(
    outcomes.every(({ kind }) => kind === 'posted'),
    'what was charged before is known',
  )
  return decisions.map((decision) =>
    decision.kind === 'granted' || decision.kind === 'doneBefore' ? { kind: 'charged' } : decision,
  )
}
