import type { Transaction } from 'kysely'
import { invariant } from '../../../../platform/invariant.ts'
import { available, lockBalance } from '../../ledger/balance.ts'
import { post } from '../../ledger/post.ts'
import { give } from '../../ledger/posting.ts'
import {
  type Attempt,
  type AttemptEnd,
  claimAttempt,
  type DueAttempt,
  endAttempt,
  postponeAttempt,
  readDueAttempts,
} from '../../store/auto-payment-attempts.ts'
import { type AutoPayment, findAutoPayment, putAutoPayment } from '../../store/auto-payments.ts'
import { writeAcquirerPayment } from '../../store/card-payments.ts'
import { endPayment } from '../../store/payments.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { countForMember } from '../card-payments/member-share.ts'
import { eachDue } from '../each-due.ts'
import { settlePromisedPayment } from '../promised-payments/settle-promised-payment.ts'
import { autoPaymentRules } from './auto-payment-rules.ts'
import { stopAutoPayment, tell } from './begin-attempts.ts'
import { afterNothing, afterRefusal, afterSuccess, isSameCard } from './plan.ts'
import { NOT_AS_ASKED } from './saved-cards.ts'

const AT_ONCE = 4
/** Longer than an acquirer is waited for: until then an attempt is its asker's. */
const LEASE_MS = 120_000

/**
 * Asks the acquirer of the attempts that were begun and whose answer is not known, and does what it answers. However
 * often one is asked, by however many, and whoever dies at it: the key is the same, and its answer counts once. Returns
 * how many were asked.
 */
export async function askDueAttempts(dependencies: ActionDependencies): Promise<number> {
  const now = dependencies.clock.now()
  return eachDue<DueAttempt>({
    read: (page) => readDueAttempts(dependencies.db, now, page),
    work: ({ attempt }) => ask(dependencies, attempt),
    atOnce: AT_ONCE,
    logger: dependencies.logger,
    failure: 'the acquirer could not be asked for an automatic payment; it will be asked again',
  })
}

async function ask(dependencies: ActionDependencies, attempt: Attempt): Promise<void> {
  const { db, clock, savedCards, logger } = dependencies
  const now = clock.now()
  const asked = await claimAttempt(db, attempt, { now, until: new Date(now.getTime() + LEASE_MS) })
  if (asked === null) return
  const { autoPaymentId: _, occasion: _occasion, try: _try, ...charge } = attempt
  const answer = await savedCards.charge({ ...charge, idempotenceKey: attempt.paymentId })
  if (answer.kind === 'unknown') {
    const { 'autoPayment.askAgainSeconds': pauses } = await dependencies.policies.current()
    const pauseSeconds = pauses[Math.min(asked, pauses.length) - 1] ?? 0
    await postponeAttempt(db, attempt, new Date(clock.now().getTime() + pauseSeconds * 1_000))
    logger.warn({ paymentId: attempt.paymentId, asked }, 'it is not known what became of an automatic payment')
    return
  }
  await db.transaction().execute((trx) => settle(trx, dependencies, attempt, answer))
}

/** Under the lock of the line's balance. An answer that came before counts, and this one is the same. */
async function settle(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  attempt: Attempt,
  end: AttemptEnd,
): Promise<void> {
  await lockBalance(trx, attempt.lineId, 'KOPECK')
  const now = dependencies.clock.now()
  if (!(await endAttempt(trx, attempt, end, now))) return
  const autoPayment = await findAutoPayment(trx, { lineId: attempt.lineId, id: attempt.autoPaymentId })
  if (end.kind === 'succeeded') {
    await credit(trx, dependencies, attempt, end.acquirerPaymentId)
    if (autoPayment) await goOn(trx, dependencies, autoPayment, attempt)
    return
  }
  const key = { lineId: attempt.lineId, id: attempt.paymentId }
  const failure = end.kind === 'refused' ? 'CARD_REFUSED' : 'NOT_ACCEPTED'
  const ended = await endPayment(trx, key, { status: 'FAILED', failure, at: now })
  if (ended) await countForMember(trx, ended, -attempt.amount)
  if (!autoPayment) return
  if (end.kind === 'refused') await refuse(trx, dependencies, { autoPayment, attempt, code: end.code })
  else if (autoPayment.stoppedBy === null) await makeLater(trx, dependencies, autoPayment, attempt)
}

async function credit(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, paymentId, amount }: Attempt,
  acquirerPaymentId: string,
): Promise<void> {
  const now = dependencies.clock.now()
  const isOurs = await writeAcquirerPayment(trx, { lineId, paymentId }, acquirerPaymentId)
  invariant(isOurs, 'the key of a payment leads to one payment of the acquirer')
  const outcome = await post(trx, dependencies, {
    lineId,
    kind: 'TOP_UP',
    // Whoever else hears of the acquirer's payment credits it by the same name.
    sourceKey: `acquirer:${acquirerPaymentId}`,
    occurredAt: now,
    movements: [give('KOPECK', 'CARD_ACQUIRING', amount)],
    cause: { paymentId },
  })
  // Whoever credited it before has done so, and what was promised since is for another top-up to take back.
  if (outcome.kind !== 'alreadyPosted') await settlePromisedPayment(trx, dependencies, lineId)
  await endPayment(trx, { lineId, id: paymentId }, { status: 'SUCCEEDED', at: now })
}

async function goOn(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  autoPayment: AutoPayment,
  attempt: Attempt,
): Promise<void> {
  const now = dependencies.clock.now()
  const rules = autoPaymentRules(await dependencies.policies.current())
  const balance = await lockBalance(trx, autoPayment.lineId, 'KOPECK')
  const left = balance ? available(balance) : 0n
  const next = isItsOccasion(autoPayment, attempt)
    ? afterSuccess(autoPayment, { now, available: left, begunAt: attempt.begunAt }, rules)
    : whatWaited(autoPayment, now)
  const paid = { ...autoPayment, ...next, refusals: 0 }
  await putAutoPayment(trx, autoPayment.stoppedBy === null ? paid : { ...paid, nextAttemptAt: null })
  await tell(trx, dependencies, { ...autoPayment, ...payerOf(attempt) }, { act: 'AUTO_PAYMENT_MADE' })
}

/** It was set anew while the answer was waited for, and what it is to fire for is not this. */
function isItsOccasion(autoPayment: AutoPayment, attempt: Attempt): boolean {
  return autoPayment.occasion === attempt.occasion
}

function whatWaited({ occasion, nextAttemptAt }: AutoPayment, now: Date) {
  return { occasion, nextAttemptAt: nextAttemptAt ?? now }
}

interface Refused {
  readonly autoPayment: AutoPayment
  readonly attempt: Attempt
  readonly code: string
}

async function refuse(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { autoPayment, attempt, code }: Refused,
): Promise<void> {
  const now = dependencies.clock.now()
  const rules = autoPaymentRules(await dependencies.policies.current())
  // It may have been set anew with another card, which has refused nothing.
  const refusals = autoPayment.refusals + (isSameCard(autoPayment, attempt) ? 1 : 0)
  const refused = { ...autoPayment, refusals }
  await tell(trx, dependencies, { ...refused, ...payerOf(attempt) }, { act: 'AUTO_PAYMENT_REFUSED', refusals })
  if (autoPayment.stoppedBy !== null) return
  const again = code === NOT_AS_ASKED ? null : afterRefusal(refusals, now, rules)
  if (again === null) return stopAutoPayment(trx, dependencies, refused, 'REFUSALS')
  await putAutoPayment(trx, { ...refused, nextAttemptAt: nextAfter(refused, attempt, { again, now }) })
}

/** The card was not refused: that is neither told nor counted. */
async function makeLater(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  autoPayment: AutoPayment,
  attempt: Attempt,
): Promise<void> {
  const now = dependencies.clock.now()
  const rules = autoPaymentRules(await dependencies.policies.current())
  const again = afterNothing(autoPayment.refusals, now, rules)
  await putAutoPayment(trx, { ...autoPayment, nextAttemptAt: nextAfter(autoPayment, attempt, { again, now }) })
}

/** What was set anew waits for nothing but its own moment. */
function nextAfter(
  autoPayment: AutoPayment,
  attempt: Attempt,
  { again, now }: { readonly again: Date; readonly now: Date },
): Date {
  const isTheSame = isItsOccasion(autoPayment, attempt) && isSameCard(autoPayment, attempt)
  return isTheSame ? again : whatWaited(autoPayment, now).nextAttemptAt
}

/** Whose card was asked, and for how much: what is set may be another by now. */
function payerOf({ accountId, amount }: Attempt): Pick<AutoPayment, 'accountId' | 'amount'> {
  return { accountId, amount }
}
