import type { Transaction } from 'kysely'
import { parseId } from '../../../../platform/ids.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import { post } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import { isAllowed } from '../../store/line-access.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import { beginPromise } from '../../store/promised-payments.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findAllowance, lockAllowance, spendAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { findLineInService, type LineInService } from '../line-in-service.ts'
import { type KeyedCommand, type KeyRefusal, once, recall } from '../once.ts'
import { recordAct } from '../record-act.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import { currentMonth } from '../spend-cap/month.ts'
import { promiseFacts } from './facts.ts'
import { type FailedPromiseRule, feeOf, promiseObstacles } from './rules.ts'
import { lockToSpend } from './settle-promised-payment.ts'

export interface TakePromisedPayment {
  readonly lineId: string
  readonly amount: string
  readonly idempotencyKey: string
}

/** As JSON: it is kept with the client's key. */
export type TakePromisedPaymentOutcome =
  | { readonly kind: 'taken'; readonly promise: TakenPromise }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidAmount' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedPromiseRule[]; readonly timeZone: string }

export interface TakenPromise {
  readonly id: string
  readonly amount: string
  readonly fee: string
  readonly takenAt: string
  readonly dueAt: string
}

/** Lets a line spend what it does not have yet, for a fee, until the next top-up or the due date. */
export async function takePromisedPayment(
  dependencies: ActionDependencies,
  input: TakePromisedPayment,
  asker: Asker,
): Promise<TakePromisedPaymentOutcome | KeyRefusal> {
  const { db, clock } = dependencies
  const principal = asAccount(asker)
  const lineId = parseId(input.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const isPayer = await db.transaction().execute((trx) => isAllowed(trx, lineId, asker.grant, clock.now()))
  if (!isPayer) return { kind: 'lineNotFound' }
  const amount = parseKopecks(input.amount)
  if (amount === null || amount <= 0n) return { kind: 'invalidAmount' }
  const command: KeyedCommand = {
    personId: principal.personId,
    operation: 'takePromisedPayment',
    key: input.idempotencyKey,
    body: [principal.accountId, lineId, String(amount)],
  }
  const known = await recall<TakePromisedPaymentOutcome>(dependencies, command)
  if (known) return known

  const policies = await dependencies.policies.current()
  const { month } = currentMonth(policies, clock.now())
  const [line, allowance] = await Promise.all([
    findLineInService(dependencies, lineId),
    findAllowance(dependencies, principal, month),
  ])
  if (line === null || allowance.kind === 'none') return { kind: 'lineNotFound' }
  const outcome = await once<TakePromisedPaymentOutcome>(dependencies, command, (trx) =>
    promise(trx, dependencies, { line, amount, allowance, policies, asker }),
  )
  if (outcome.kind === 'taken') dependencies.onEvent()
  return outcome
}

interface Request {
  readonly line: LineInService
  readonly amount: bigint
  readonly allowance: Allowance
  readonly policies: PaymentsPolicies
  readonly asker: Asker
}

async function promise(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { line, amount, allowance, policies, asker }: Request,
): Promise<TakePromisedPaymentOutcome> {
  const now = dependencies.clock.now()
  if (!(await isAllowed(trx, line.id, asker.grant, now))) return { kind: 'lineNotFound' }
  const balance = await lockToSpend(trx, dependencies, line.id)
  if (balance === null) return { kind: 'lineNotFound' }
  const facts = await promiseFacts(trx, { balance, line, policies, now })
  const fee = feeOf(amount, facts.terms)
  const failed = promiseObstacles({
    ...facts,
    amount,
    memberLeft: await lockAllowance(trx, allowance),
    capReached:
      fee > 0n ? await checkSpendCap(trx, dependencies, { lineId: line.id, amount: fee }, asAccount(asker)) : null,
  })
  if (failed.length > 0) return { kind: 'notEligible', failed, timeZone: policies['operator.timeZone'] }

  const id = dependencies.newId()
  const dueAt = new Date(now.getTime() + policies['promisedPayment.termHours'] * HOUR_MS)
  const accountId = asAccount(asker).accountId
  const written = { line_id: line.id, id, account_id: accountId, amount, fee, taken_at: now, due_at: dueAt }
  await beginPromise(trx, written)
  if (fee > 0n) await chargeFee(trx, dependencies, { lineId: line.id, id, fee, now, policies })
  await spendAllowance(trx, allowance, fee)
  const details = { promisedPaymentId: id, kopecks: String(amount), dueAt: dueAt.toISOString() }
  await recordAct(trx, dependencies, { lineId: line.id, act: 'PROMISED_PAYMENT_TAKEN', details }, asker.viewer)
  const [takenAt, due] = [now.toISOString(), dueAt.toISOString()]
  return { kind: 'taken', promise: { id, amount: String(amount), fee: String(fee), takenAt, dueAt: due } }
}

interface FeeToCharge extends Pick<Request, 'policies'> {
  readonly lineId: string
  readonly id: string
  readonly fee: bigint
  readonly now: Date
}

async function chargeFee(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, id, fee, now, policies }: FeeToCharge,
): Promise<void> {
  const name = 'promisedPayment.feeKopecks'
  await post(trx, dependencies, {
    lineId,
    kind: 'PROMISED_PAYMENT_FEE',
    sourceKey: `promised-payment:${id}`,
    occurredAt: now,
    movements: [take('KOPECK', 'REVENUE', fee)],
    cause: { consentId: id, policy: { name, version: policies.versions[name] } },
  })
}

const HOUR_MS = 3_600_000
