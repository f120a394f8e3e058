import type { Transaction } from 'kysely'
import { type Balance, ownMoney } from '../ledger/balance.ts'
import { mayView } from '../store/line-access.ts'
import { isQuarantined } from '../store/quarantine.ts'
import type { Tables } from '../store/tables.ts'

/** What is known of a line's own money, of which alone others are paid; kopecks. */
export interface OwnMoneyFacts {
  /** What is the subscriber's own and not set aside. */
  readonly ownMoney: bigint
  /** The balance does not reconcile: it is neither decided on nor told of. */
  readonly isUnderReview: boolean
  /** Whoever pays may see the balance; one who may only pay is told that it is not enough, and not how much there is. */
  readonly isBalanceVisible: boolean
}

/** Why a line's own money cannot be had. As JSON: it is kept with a client's key. */
export type OwnMoneyFailed =
  | { readonly code: 'BALANCE_UNDER_REVIEW' }
  /** `kopecks` is what there is; null for who may not see it. */
  | { readonly code: 'NOT_ENOUGH_MONEY'; readonly kopecks: string | null }

/** Gathers it for an account that pays. To decide on it, ask under the lock of the balance. */
export async function ownMoneyFacts(
  trx: Transaction<Tables>,
  { lineId, accountId, balance, now }: OwnMoneyQuestion,
): Promise<OwnMoneyFacts> {
  return {
    ownMoney: ownMoney(balance),
    isUnderReview: await isQuarantined(trx, lineId),
    isBalanceVisible: await mayView(trx, lineId, accountId, now),
  }
}

export interface OwnMoneyQuestion {
  readonly lineId: string
  readonly accountId: string
  readonly balance: Balance
  readonly now: Date
}

/** The rule of all that others are paid: `wanted` of what can be had, which is `movable` of the own money. */
export function ownMoneyRule(
  { isUnderReview, isBalanceVisible }: OwnMoneyFacts,
  { wanted, movable }: { readonly wanted: bigint; readonly movable: bigint },
): OwnMoneyFailed | null {
  if (isUnderReview) return { code: 'BALANCE_UNDER_REVIEW' }
  if (wanted <= movable) return null
  return { code: 'NOT_ENOUGH_MONEY', kopecks: isBalanceVisible ? String(movable) : null }
}
