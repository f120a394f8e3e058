import { createCalendar, type Day, monthOf } from '../../../../platform/calendar.ts'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import type { E164 } from '../../../../platform/phone.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findAllowance } from '../allowance.ts'
import { findLineByPhone, findLineInService, type LineInService } from '../line-in-service.ts'
import { findSimHold } from '../sim-hold.ts'
import type { TransferLimits } from './rules.ts'

/** What others know of a transfer: asked before its transaction, which waits for nobody outside. */
export interface Surroundings {
  readonly payer: LineInService
  /** The line that has the receiver's number now; null when none of ours has. */
  readonly receiverLineId: string | null
  readonly heldUntil: Date | null
  readonly allowance: Allowance
  /** The day that is counted, in the operator's time zone. */
  readonly today: Day
  readonly policies: PaymentsPolicies
}

/**
 * Asks linked numbers, the network and accounts. Null when the line is closed, or whoever acts may not pay for the account.
 * Throws the retryable `SUBGRAPH_UNAVAILABLE` when one of them does not answer.
 */
export async function askAround(
  dependencies: ActionDependencies,
  principal: AccountPrincipal,
  { lineId, toPhone }: { readonly lineId: string; readonly toPhone: E164 },
): Promise<Surroundings | null> {
  const now = dependencies.clock.now()
  const policies = await dependencies.policies.current()
  const today = createCalendar(policies['operator.timeZone']).dayOf(now)
  const [payer, receiverLineId, allowance] = await Promise.all([
    findLineInService(dependencies, lineId),
    findLineByPhone(dependencies, toPhone),
    findAllowance(dependencies, principal, monthOf(today)),
  ])
  if (payer === null || allowance.kind === 'none') return null
  const heldUntil = await findSimHold(dependencies, { line: payer, personId: principal.personId, now })
  return { payer, receiverLineId, heldUntil, allowance, today, policies }
}

export function limitsOf(policies: PaymentsPolicies): TransferLimits {
  return {
    amountMin: BigInt(policies['transfer.amountMinKopecks']),
    amountMax: BigInt(policies['transfer.amountMaxKopecks']),
    sentPerDay: BigInt(policies['transfer.sentPerDayKopecks']),
    mustStay: BigInt(policies['transfer.mustStayKopecks']),
  }
}
