import type { Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { formatKopecks, parseKopecks } from '../../../../platform/money.ts'
import { available, lockBalance } from '../../ledger/balance.ts'
import {
  type AutoPayment,
  type AutoPaymentTerms,
  findAutoPaymentByBasis,
  putAutoPayment,
} from '../../store/auto-payments.ts'
import { isAllowed } from '../../store/line-access.ts'
import type { Schedule } from '../../store/recurring-tables.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { findAllowance, memberOf } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { findLineInService } from '../line-in-service.ts'
import { recordAct } from '../record-act.ts'
import { failedRules } from '../rules.ts'
import { currentMonth } from '../spend-cap/month.ts'
import {
  AUTO_PAYMENT_RULES,
  type AutoPaymentObstacle,
  type AutoPaymentWish,
  autoPaymentRules,
} from './auto-payment-rules.ts'
import { countsFrom, firstOccasion } from './plan.ts'

/** Amounts as they were typed. */
export interface SetAutoPayment {
  readonly lineId: string
  readonly cardId: string
  readonly amount: string
  readonly threshold: string | null
  readonly schedule: Schedule | null
  readonly monthlyCap: string | null
}

export type SetAutoPaymentOutcome =
  | { readonly kind: 'set'; readonly autoPayment: AutoPayment }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidAmount'; readonly at: 'amount' | 'threshold' | 'monthlyCap' }
  | { readonly kind: 'notEligible'; readonly obstacles: readonly AutoPaymentObstacle[] }

/**
 * Has a line topped up from the viewer's card: below a threshold, or by the calendar; in place of what the line has of
 * the same kind. To set the same again changes nothing. The grant must hold the right to pay.
 */
export async function setAutoPayment(
  dependencies: ActionDependencies,
  command: SetAutoPayment,
  by: Asker,
): Promise<SetAutoPaymentOutcome> {
  const lineId = parseId(command.lineId)
  const accountId = by.grant.accountId
  if (lineId === null || accountId === null) return { kind: 'lineNotFound' }
  const amounts = readAmounts(command)
  if ('kind' in amounts) return amounts
  const cardId = parseId(command.cardId)
  const policies = await dependencies.policies.current()
  const { month } = currentMonth(policies, dependencies.clock.now())
  const [line, allowance] = await Promise.all([
    findLineInService(dependencies, lineId),
    findAllowance(dependencies, asAccount(by), month),
  ])
  if (line === null) return { kind: 'lineNotFound' }
  const memberLimit = allowance.kind === 'member' ? allowance.limit : null
  const memberId = memberOf(allowance)?.memberId ?? null
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<SetAutoPaymentOutcome> => {
    const now = dependencies.clock.now()
    if (!(await isAllowed(trx, lineId, by.grant, now))) return { kind: 'lineNotFound' }
    // Who is no member any more has none of the organization's cards.
    const hasCards = cardId !== null && allowance.kind !== 'none'
    const isCardUsable = hasCards && (await dependencies.savedCards.isUsable(trx, { accountId, cardId })) === true
    const wish = { ...amounts, schedule: command.schedule, isCardUsable, memberLimit, policies }
    const obstacles = failedRules(AUTO_PAYMENT_RULES, wish)
    if (cardId === null || obstacles.length > 0) return { kind: 'notEligible', obstacles }
    return put(trx, dependencies, { ...wish, lineId, accountId, memberId, cardId }, by.viewer)
  })
  if (outcome.kind === 'set') dependencies.onEvent()
  return outcome
}

type Amounts = Pick<AutoPaymentWish, 'amount' | 'threshold' | 'monthlyCap'>

function readAmounts(command: SetAutoPayment): Amounts | Extract<SetAutoPaymentOutcome, { kind: 'invalidAmount' }> {
  const read = { amount: readAmount(command.amount), threshold: readAmount(command.threshold) }
  const monthlyCap = readAmount(command.monthlyCap)
  if (read.amount === undefined || read.amount === null) return { kind: 'invalidAmount', at: 'amount' }
  if (read.threshold === undefined) return { kind: 'invalidAmount', at: 'threshold' }
  if (monthlyCap === undefined) return { kind: 'invalidAmount', at: 'monthlyCap' }
  return { amount: read.amount, threshold: read.threshold, monthlyCap }
}

/** Undefined for what is no amount above zero. */
function readAmount(text: string | null): bigint | null | undefined {
  if (text === null) return null
  const amount = parseKopecks(text)
  return amount === null || amount <= 0n ? undefined : amount
}

interface EligibleWish extends AutoPaymentWish {
  readonly lineId: string
  readonly accountId: string
  readonly memberId: string | null
  readonly cardId: string
}

async function put(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  wish: EligibleWish,
  viewer: Viewer,
): Promise<SetAutoPaymentOutcome> {
  const { lineId, accountId, memberId, cardId, amount, monthlyCap } = wish
  const balance = await lockBalance(trx, lineId, 'KOPECK')
  if (balance === null) return { kind: 'lineNotFound' }
  const now = dependencies.clock.now()
  const rules = autoPaymentRules(wish.policies)
  const before = await findAutoPaymentByBasis(trx, lineId, wish.threshold === null ? 'SCHEDULE' : 'THRESHOLD')
  const terms = termsOf(wish, (schedule) => countsFrom(schedule, before, rules.calendar.dayOf(now)))
  const autoPayment: AutoPayment = {
    ...firstOccasion({ terms, accountId, cardId }, before, { now, available: available(balance) }, rules),
    ...{ lineId, accountId, memberId, cardId, amount, terms, monthlyCap, setAt: now },
    id: before?.id ?? dependencies.newId(),
    stoppedBy: null,
    refusals: 0,
    // Of another cap it is told anew.
    cappedMonth: null,
  }
  await putAutoPayment(trx, autoPayment)
  const details = { autoPaymentId: autoPayment.id, basis: terms.basis, amount: formatKopecks(amount) }
  // Whose card paid before is told that it does not any more.
  const concerns = before?.accountId ?? accountId
  await recordAct(trx, dependencies, { lineId, act: 'AUTO_PAYMENT_SET', details, concerns }, viewer)
  return { kind: 'set', autoPayment }
}

/** The rules let exactly one of the two through. */
function termsOf(
  { threshold, schedule }: AutoPaymentWish,
  countingFrom: (schedule: Schedule) => ReturnType<typeof countsFrom>,
): AutoPaymentTerms {
  return threshold === null
    ? { basis: 'SCHEDULE', schedule: schedule as Schedule, countsFrom: countingFrom(schedule as Schedule) }
    : { basis: 'THRESHOLD', threshold }
}
