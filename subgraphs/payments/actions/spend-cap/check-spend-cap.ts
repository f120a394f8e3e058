import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import { findCappedSpendings } from '../../ledger/spending.ts'
import { findRights } from '../../store/line-access.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { currentMonth } from './month.ts'
import { type SpendCapReached, spendCapRule, toldTo } from './spend-cap-rule.ts'

type Dependencies = { readonly clock: Clock; readonly policies: Policies<PaymentsPolicies> }

/** What a line is about to spend, in kopecks. */
interface Spending {
  readonly lineId: string
  readonly amount: bigint
}

/**
 * Whether a line's cap lets somebody spend an amount now, as they may be told it; null when it does, or when there is
 * none. Ask in the transaction of what is spent, after `lockBalance`: then nobody else spends in between.
 */
export async function checkSpendCap(
  trx: Transaction<Tables>,
  dependencies: Dependencies,
  spending: Spending,
  principal: AccountPrincipal,
): Promise<SpendCapReached | null> {
  const [reached = null] = await checkSpendCaps(trx, dependencies, [spending])
  return reached && toldTo(await findRights(trx, spending.lineId, principal, dependencies.clock.now()), reached)
}

/** The same of several lines, in their order, and whole: for our own parts. */
export async function checkSpendCaps(
  trx: Transaction<Tables>,
  { clock, policies }: Dependencies,
  spendings: readonly Spending[],
): Promise<(SpendCapReached | null)[]> {
  if (spendings.length === 0) return []
  const { since, resetsAt } = currentMonth(await policies.current(), clock.now())
  const lineIds = spendings.map(({ lineId }) => lineId)
  const capped = await findCappedSpendings(trx, lineIds, since)
  return spendings.map(({ lineId, amount }) => spendCapRule({ spending: capped.get(lineId) ?? null, amount, resetsAt }))
}
