import type { Transaction } from 'kysely'
import { LINE_RIGHTS } from '../../../../platform/access/rights.ts'
import { type Day, monthOf } from '../../../../platform/calendar.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { formatKopecks } from '../../../../platform/money.ts'
import { available, type Balance, lockBalance } from '../../ledger/balance.ts'
import { hasOpenAttempt, insertAttempt, sumAttempts } from '../../store/auto-payment-attempts.ts'
import {
  type AutoPayment,
  type DueAutoPayment,
  findAutoPayment,
  putAutoPayment,
  readDueAutoPayments,
} from '../../store/auto-payments.ts'
import { isAllowed } from '../../store/line-access.ts'
import { beginPayment } from '../../store/payments.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { AutoPaymentStop } from '../../store/recurring-tables.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findMemberAllowance, lockAllowance, spendAllowance } from '../allowance.ts'
import { shareOf } from '../card-payments/member-share.ts'
import { eachDue } from '../each-due.ts'
import { type Standing, withStandings } from '../line-in-service.ts'
import { recordAct } from '../record-act.ts'
import { ROUNDS } from '../service-viewer.ts'
import { autoPaymentRules } from './auto-payment-rules.ts'
import { type AutoPaymentRules, type NextStep, nextStep } from './plan.ts'

const AT_ONCE = 4

/**
 * Looks at the automatic payments whose time has come and writes down what the acquirer is to be asked: nobody is asked
 * before that is committed. Linked numbers are asked of the lines of a page at once: while they do not answer nothing is
 * begun. Any number of processes may. Returns how many were looked at.
 */
export async function beginDueAttempts(dependencies: ActionDependencies): Promise<number> {
  const now = dependencies.clock.now()
  const rules = autoPaymentRules(await dependencies.policies.current())
  return eachDue<DueOnLine>({
    read: async (page) =>
      withStandings(dependencies, await readDueAutoPayments(dependencies.db, now, page), ({ lineId }) => lineId),
    work: (due) => look(dependencies, due, rules),
    atOnce: AT_ONCE,
    logger: dependencies.logger,
    failure: 'an automatic payment could not be looked at; the next round will',
  })
}

type DueOnLine = Standing<DueAutoPayment>

/** Accounts are asked of a member before anything is locked. */
async function look(dependencies: ActionDependencies, due: DueOnLine, rules: AutoPaymentRules): Promise<void> {
  const now = dependencies.clock.now()
  const allowance = await allowanceOf(dependencies, due, monthOf(rules.calendar.dayOf(now)))
  const looked = { due, isLineInService: due.standing !== null, allowance, now, rules }
  await dependencies.db.transaction().execute((trx) => lookLocked(trx, dependencies, looked))
}

async function allowanceOf(
  dependencies: ActionDependencies,
  { accountId: organizationId, memberId }: DueAutoPayment,
  month: Day,
): Promise<Allowance> {
  return memberId === null ? { kind: 'own' } : findMemberAllowance(dependencies, { organizationId, memberId, month })
}

interface Around {
  readonly isLineInService: boolean
  readonly allowance: Allowance
  readonly now: Date
  readonly rules: AutoPaymentRules
}

/** Under the lock of the line's balance: whoever was faster has left nothing to do. */
async function lookLocked(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { due, ...around }: Around & { readonly due: DueAutoPayment },
): Promise<void> {
  const { now, rules } = around
  const balance = await lockBalance(trx, due.lineId, 'KOPECK')
  const autoPayment = await findAutoPayment(trx, due)
  if (!balance || autoPayment?.nextAttemptAt == null || autoPayment.nextAttemptAt > now) return
  // Another has set it since: the next round asks of them.
  if (autoPayment.accountId !== due.accountId || autoPayment.memberId !== due.memberId) return
  if (await hasOpenAttempt(trx, due)) {
    // The answer will say when it is looked at again.
    await putAutoPayment(trx, { ...autoPayment, nextAttemptAt: null })
    return
  }
  const looked = { ...around, autoPayment }
  const facts = await readFacts(trx, dependencies, { ...looked, balance })
  await take(trx, dependencies, looked, nextStep(autoPayment, facts, rules))
}

interface Looked extends Around {
  readonly autoPayment: AutoPayment
}

async function readFacts(
  trx: Transaction<Tables>,
  { savedCards }: ActionDependencies,
  { autoPayment, isLineInService, allowance, balance, now, rules }: Looked & { readonly balance: Balance },
) {
  const { lineId, accountId } = autoPayment
  return {
    now,
    available: available(balance),
    isUnderReview: await isQuarantined(trx, lineId),
    takenThisMonth: await sumAttempts(trx, autoPayment, monthOf(rules.calendar.dayOf(now))),
    memberLeft: await lockAllowance(trx, allowance),
    isLineInService,
    isPayerAllowed:
      allowance.kind !== 'none' && (await isAllowed(trx, lineId, { accountId, rights: LINE_RIGHTS.PAY }, now)),
    isCardUsable: await savedCards.isUsable(trx, autoPayment),
  }
}

async function take(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  looked: Looked,
  step: NextStep,
): Promise<void> {
  const { autoPayment } = looked
  switch (step.kind) {
    case 'attempt':
      return attempt(trx, dependencies, looked)
    case 'wait':
      return putAutoPayment(trx, { ...autoPayment, nextAttemptAt: null })
    case 'lookAgain':
      return putAutoPayment(trx, { ...autoPayment, nextAttemptAt: step.at })
    case 'stop':
      return stopAutoPayment(trx, dependencies, autoPayment, step.by)
    case 'capped': {
      await putAutoPayment(trx, { ...autoPayment, ...step.next, cappedMonth: step.month })
      if (autoPayment.cappedMonth === step.month) return
      await tell(trx, dependencies, autoPayment, { act: 'AUTO_PAYMENT_CAP_REACHED', reason: step.by })
    }
  }
}

async function attempt(
  trx: Transaction<Tables>,
  { newId }: ActionDependencies,
  { autoPayment, allowance, now, rules }: Looked,
): Promise<void> {
  const { lineId, id, accountId, cardId, amount, occasion } = autoPayment
  const paymentId = newId()
  const month = monthOf(rules.calendar.dayOf(now))
  const begun = { lineId, autoPaymentId: id, occasion, paymentId, accountId, cardId, amount, month, begunAt: now }
  invariant(await insertAttempt(trx, begun), 'an occasion that was paid for is over')
  const details = { autoPaymentId: id, occasion, ...shareOf(allowance) }
  await beginPayment(trx, { lineId, id: paymentId, kind: 'AUTO_TOP_UP', amount, accountId, at: now, details })
  await spendAllowance(trx, allowance, amount)
  await putAutoPayment(trx, { ...autoPayment, nextAttemptAt: null })
}

/** Puts an end to one that cannot go on, and tells why. */
export async function stopAutoPayment(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  autoPayment: AutoPayment,
  stoppedBy: AutoPaymentStop,
): Promise<void> {
  await putAutoPayment(trx, { ...autoPayment, stoppedBy, nextAttemptAt: null })
  await tell(trx, dependencies, autoPayment, { act: 'AUTO_PAYMENT_STOPPED', reason: stoppedBy })
}

/** What became of an automatic payment, and what is to be said of it. */
export interface AutoPaymentAct {
  readonly act: string
  readonly [detail: string]: string | number
}

/** Tells the line's owner, and whose card pays, what became of an automatic payment. */
export async function tell(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, id, accountId, amount }: AutoPayment,
  { act, ...more }: AutoPaymentAct,
): Promise<void> {
  const details = { autoPaymentId: id, amount: formatKopecks(amount), ...more }
  await recordAct(trx, dependencies, { lineId, act, details, concerns: accountId }, ROUNDS)
}
