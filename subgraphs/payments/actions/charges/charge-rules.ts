import type { Transaction } from 'kysely'
import { spendable } from '../../ledger/balance.ts'
import type { LedgerUnit } from '../../ledger/kinds.ts'
import { findFreePoints } from '../../ledger/lots.ts'
import { findQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { endPromisesDueOf, type SettleDependencies } from '../promised-payments/settle-promised-payment.ts'
import { failedRules, type Rule } from '../rules.ts'
import { checkSpendCaps } from '../spend-cap/check-spend-cap.ts'
import type { SpendCapReached } from '../spend-cap/spend-cap-rule.ts'
import type { ParsedCharge } from './charge-wish.ts'
import type { Locked } from './together.ts'

/** What is looked at before a line pays for a service. */
export interface ChargeFacts {
  readonly unit: LedgerUnit
  readonly amount: bigint
  readonly spendable: bigint
  readonly isUnderReview: boolean
  /** Where the line's cap of the month stands against it. */
  readonly capReached: SpendCapReached | null
}

export type FailedChargeRule =
  | { readonly rule: 'notEnoughMoney' | 'notEnoughPoints'; readonly missing: bigint }
  | { readonly rule: 'balanceUnderReview' }
  | { readonly rule: 'spendCap'; readonly reached: SpendCapReached }

export const CHARGE_RULES: readonly Rule<ChargeFacts, FailedChargeRule>[] = [
  // What a balance under review lacks is not known, and not told.
  ({ unit, amount, spendable, isUnderReview }) => {
    if (amount <= spendable || isUnderReview) return null
    const missing = amount - (spendable > 0n ? spendable : 0n)
    return { rule: unit === 'POINT' ? 'notEnoughPoints' : 'notEnoughMoney', missing }
  },
  ({ isUnderReview }) => (isUnderReview ? { rule: 'balanceUnderReview' } : null),
  ({ capReached }) => (capReached === null ? null : { rule: 'spendCap', reached: capReached }),
]

export type ChargeDependencies = SettleDependencies & Pick<ActionDependencies, 'policies'>

/** Every rule that stands against each, in their order, under the locks of their balances. The lines are all different. */
export async function refuseCharges(
  trx: Transaction<Tables>,
  dependencies: ChargeDependencies,
  charges: readonly Locked<ParsedCharge>[],
): Promise<FailedChargeRule[][]> {
  if (charges.length === 0) return []
  const underReview = await findQuarantined(
    trx,
    charges.map(({ lineId }) => lineId),
  )
  // What comes round was agreed to before: a cap does not cut it off. Points are no money.
  const capped = charges.filter(({ kind, unit }) => kind !== 'SUBSCRIPTION_FEE' && unit === 'KOPECK')
  const reached = await checkSpendCaps(trx, dependencies, capped)
  const reachedOf = new Map(capped.map((charge, place) => [charge, reached[place]]))
  const spendableOf = await findSpendable(trx, dependencies, charges)
  return charges.map((charge) =>
    failedRules(CHARGE_RULES, {
      unit: charge.unit,
      amount: charge.amount,
      spendable: spendableOf(charge),
      isUnderReview: underReview.has(charge.lineId),
      capReached: reachedOf.get(charge) ?? null,
    }),
  )
}

/** Without what is over but still in the balance: points whose time has gone by, promises whose day has come. */
async function findSpendable(
  trx: Transaction<Tables>,
  dependencies: ChargeDependencies,
  charges: readonly Locked<ParsedCharge>[],
): Promise<(charge: Locked<ParsedCharge>) => bigint> {
  const ofPoints = charges.filter(({ unit }) => unit === 'POINT').map(({ lineId }) => lineId)
  const points = await findFreePoints(trx, ofPoints, dependencies.clock.now())
  const settled = await endPromisesDueOf(trx, dependencies, charges)
  return ({ unit, lineId, balance }) =>
    unit === 'POINT' ? (points.get(lineId) ?? 0n) : spendable(settled.get(lineId) ?? balance)
}
