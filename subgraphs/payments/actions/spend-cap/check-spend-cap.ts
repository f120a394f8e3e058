import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import { findCappedSpending } from '../../ledger/spending.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { currentMonth } from './month.ts'
import { type SpendCapReached, spendCapRule } from './spend-cap-rule.ts'

/**
 * Whether a line's cap lets it spend an amount now; null when it does, or when there is none. Ask in the transaction of
 * what is spent, after `lockBalance`: then nobody else spends in between.
 */
export async function checkSpendCap(
  trx: Transaction<Tables>,
  { clock, policies }: { readonly clock: Clock; readonly policies: Policies<PaymentsPolicies> },
  { lineId, amount }: { readonly lineId: string; readonly amount: bigint },
): Promise<SpendCapReached | null> {
  const { since, resetsAt } = currentMonth(await policies.current(), clock.now())
  return spendCapRule({ spending: await findCappedSpending(trx, lineId, since), amount, resetsAt })
}
