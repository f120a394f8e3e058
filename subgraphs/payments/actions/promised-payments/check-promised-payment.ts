import type { Transaction } from 'kysely'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { findBalance } from '../../ledger/find-balance.ts'
import { isAllowed } from '../../store/line-access.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findAllowance, lockAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { findLineInService, type LineInService } from '../line-in-service.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import { currentMonth } from '../spend-cap/month.ts'
import { promiseFacts } from './facts.ts'
import { type FailedPromiseRule, lineObstacles, offersOf, type PromiseOffer } from './rules.ts'

/** What a line could be promised now; kopecks. */
export interface PromiseEligibility {
  readonly isEligible: boolean
  readonly offers: readonly PromiseOffer[]
  readonly amountMax: bigint
  /** What stands against any of them, or against more; empty when nothing does. */
  readonly failed: readonly FailedPromiseRule[]
  readonly timeZone: string
}

/** Finds out by the rules that decide when it is taken. Null for a line that the asker may not pay for. */
export async function checkPromisedPayment(
  dependencies: ActionDependencies,
  lineId: string,
  asker: Asker,
): Promise<PromiseEligibility | null> {
  const { db, clock } = dependencies
  const isPayer = await db.transaction().execute((trx) => isAllowed(trx, lineId, asker.grant, clock.now()))
  if (!isPayer) return null
  const policies = await dependencies.policies.current()
  const { month } = currentMonth(policies, clock.now())
  const principal = asAccount(asker)
  const [line, allowance] = await Promise.all([
    findLineInService(dependencies, lineId),
    findAllowance(dependencies, principal, month),
  ])
  if (line === null || allowance.kind === 'none') return null
  return db.transaction().execute((trx) => check(trx, dependencies, { line, allowance, policies, principal }))
}

interface Question {
  readonly line: LineInService
  readonly allowance: Allowance
  readonly policies: PaymentsPolicies
  readonly principal: AccountPrincipal
}

async function check(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { line, allowance, policies, principal }: Question,
): Promise<PromiseEligibility | null> {
  const now = dependencies.clock.now()
  const balance = await findBalance(trx, line.id, 'KOPECK')
  if (balance === null) return null
  const facts = await promiseFacts(trx, { balance, line, policies, now })
  const capReached = await checkSpendCap(trx, dependencies, { lineId: line.id, amount: facts.terms.fee }, principal)
  const { offers, failed } = offersOf({ ...facts, capReached, memberLeft: await lockAllowance(trx, allowance) })
  // One that is due is as good as taken back.
  const isOver = facts.activeUntil !== null && facts.activeUntil <= now
  const ofLine = lineObstacles(isOver ? { ...facts, activeUntil: null } : facts)
  return {
    isEligible: ofLine.length === 0 && offers.length > 0,
    offers,
    amountMax: offers.at(-1)?.amount ?? 0n,
    failed: [...ofLine, ...failed],
    timeZone: policies['operator.timeZone'],
  }
}
