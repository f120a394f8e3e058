import type { Transaction } from 'kysely'
import type { Grant } from '../../../../platform/access/grant.ts'
import type { PaymentWay } from '../../../../platform/acquirer/acquirer.ts'
import { createCalendar, monthOf } from '../../../../platform/calendar.ts'
import { unseal } from '../../../../platform/identity/seal.ts'
import type { AccountPrincipal, Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { sumTopUps } from '../../store/card-payments.ts'
import { findCard } from '../../store/cards.ts'
import { isAllowed } from '../../store/line-access.ts'
import { type PaymentView, readPayment } from '../../store/payment-views.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { type Allowance, findAllowance, lockAllowance, spendAllowance } from '../allowance.ts'
import { CARD_TOKEN } from '../cards/token.ts'
import { type KeyRefusal, once } from '../once.ts'
import { recordAct } from '../record-act.ts'
import { askAgain, askForMoney } from './ask-acquirer.ts'
import { beginCardPayment } from './begin-card-payment.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { askPhone } from './line-phone.ts'
import { failedTopUpRules, type TopUpFailed } from './top-up-rules.ts'

export interface TopUp {
  readonly lineId: string
  /** As the client wrote it. */
  readonly amount: string
  /** The saved card to pay by; null to type one on the acquirer's page. */
  readonly cardId: string | null
  readonly returnUrl: string
  readonly isCardSaved: boolean
  readonly idempotencyKey: string
}

export type TopUpRefusal =
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidAmount' }
  | { readonly kind: 'amountOutOfRange'; readonly minKopecks: string; readonly maxKopecks: string }
  | { readonly kind: 'returnUrlNotAllowed' }
  | { readonly kind: 'cardNotFound' }
  | { readonly kind: 'cardPaymentsUnavailable' }
  | { readonly kind: 'notEligible'; readonly failed: readonly StoredFailure[] }

/** A failed rule as a client's key keeps it: amounts as text. */
export interface StoredFailure {
  readonly code: TopUpFailed['code']
  readonly left: string
  readonly max: string
}

export type TopUpOutcome = { readonly kind: 'begun'; readonly payment: PaymentView } | TopUpRefusal | KeyRefusal

export interface TopUpViewer {
  readonly viewer: Viewer
  readonly grant: Grant
}

/**
 * Begins a top-up by card. The payment is committed before the acquirer hears of it; then its answer is waited for a
 * moment. Without one the payment is under way with nowhere to go yet, and asking again with the same key tells more.
 */
export async function topUp(dependencies: CardDependencies, command: TopUp, by: TopUpViewer): Promise<TopUpOutcome> {
  const { principal } = by.viewer
  invariant(principal.kind === 'account', 'only customers top up')
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  // A line that is not there is refused where another's is, in the same way.
  const [customerPhone, allowance] = await Promise.all([
    askPhone(dependencies, lineId),
    cardAllowance(dependencies, command, principal),
  ])

  let isFirst = false
  const keyed = {
    personId: principal.personId,
    operation: 'topUp',
    key: command.idempotencyKey,
    body: [principal.accountId, lineId, command.amount, command.cardId, command.returnUrl, String(command.isCardSaved)],
  }
  const outcome = await once(dependencies, keyed, async (trx) => {
    const begun = await begin(trx, dependencies, { ...command, lineId, customerPhone, principal, allowance }, by)
    isFirst = begun.kind === 'begun'
    return begun
  })
  if (outcome.kind !== 'begun') return outcome
  dependencies.onEvent()
  const key = { lineId, paymentId: outcome.paymentId }
  await dependencies.background.run(async () => {
    await (isFirst ? askForMoney(dependencies, key) : askAgain(dependencies, key))
  })
  const payment = await readPayment(dependencies.db, key)
  invariant(payment, 'a payment that was begun is there')
  return { kind: 'begun', payment }
}

type Begun = { readonly kind: 'begun'; readonly paymentId: string } | TopUpRefusal

interface ReadTopUp extends TopUp {
  readonly customerPhone: string | null
  readonly principal: AccountPrincipal
  readonly allowance: Allowance
}

/** What the payer may take off the account's saved card. What is typed on the page is whose it is. */
async function cardAllowance(
  dependencies: CardDependencies,
  { cardId }: TopUp,
  principal: AccountPrincipal,
): Promise<Allowance> {
  if (cardId === null) return { kind: 'own' }
  const { 'operator.timeZone': timeZone } = await dependencies.policies.current()
  const month = monthOf(createCalendar(timeZone).dayOf(dependencies.clock.now()))
  return findAllowance(dependencies, principal, month)
}

async function begin(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  command: ReadTopUp,
  { viewer, grant }: TopUpViewer,
): Promise<Begun> {
  const { lineId, principal, customerPhone, allowance } = command
  const now = dependencies.clock.now()
  const policies = await dependencies.policies.current()
  // The balance first: what is begun onto a line in a day is counted by one at a time.
  const isThere = (await isAllowed(trx, lineId, grant, now)) && (await lockBalance(trx, lineId, 'KOPECK'))
  if (!isThere || customerPhone === null || allowance.kind === 'none') return { kind: 'lineNotFound' }
  if (dependencies.acquirer === null) return { kind: 'cardPaymentsUnavailable' }
  const amount = readAmount(command.amount, policies)
  if (typeof amount !== 'bigint') return amount
  if (!dependencies.returnOrigins.has(command.returnUrl)) return { kind: 'returnUrlNotAllowed' }
  const way = await chooseWay(trx, dependencies, command)
  if (way === null) return { kind: 'cardNotFound' }
  const refused = await refuseByRule(trx, { lineId, amount, now, allowance }, policies)
  if (refused) return refused
  const cardId = way.kind === 'SAVED_CARD' ? command.cardId : null
  const wish = { kind: 'TOP_UP', lineId, accountId: principal.accountId, amount, way, cardId, customerPhone } as const
  const share = { member: allowance.kind === 'member' ? allowance.member : null }
  const paymentId = await beginCardPayment(trx, dependencies, { ...wish, share })
  await spendAllowance(trx, allowance, amount)
  const details = { paymentId, kopecks: String(amount) }
  await recordAct(trx, dependencies, { lineId, act: 'TOP_UP_BEGUN', details }, viewer)
  return { kind: 'begun', paymentId }
}

function readAmount(text: string, policies: PaymentsPolicies): bigint | TopUpRefusal {
  const amount = parseKopecks(text)
  if (amount === null || amount <= 0n) return { kind: 'invalidAmount' }
  const { 'topUp.kopecksMin': min, 'topUp.kopecksMax': max } = policies
  if (amount >= BigInt(min) && amount <= BigInt(max)) return amount
  return { kind: 'amountOutOfRange', minKopecks: String(min), maxKopecks: String(max) }
}

/** Null when the account has no such card, or its token cannot be read any more. */
async function chooseWay(
  trx: Transaction<Tables>,
  { secrets }: CardDependencies,
  { cardId, returnUrl, isCardSaved, principal }: ReadTopUp,
): Promise<PaymentWay | null> {
  if (cardId === null) return { kind: 'PAGE', returnUrl, isCardSaved }
  const id = parseId(cardId)
  const card = id === null ? undefined : await findCard(trx, principal.accountId, id)
  const token = card && unseal(card.token_sealed, CARD_TOKEN, secrets)
  return token ? { kind: 'SAVED_CARD', token, returnUrl } : null
}

const DAY_MS = 86_400_000

interface RuleQuestion {
  readonly lineId: string
  readonly amount: bigint
  readonly now: Date
  readonly allowance: Allowance
}

async function refuseByRule(
  trx: Transaction<Tables>,
  { lineId, amount, now, allowance }: RuleQuestion,
  policies: PaymentsPolicies,
): Promise<TopUpRefusal | null> {
  const day = await sumTopUps(trx, lineId, new Date(now.getTime() - DAY_MS))
  const failed = failedTopUpRules({
    amount,
    dayKopecks: day.kopecks,
    dayCount: day.count,
    dayKopecksMax: BigInt(policies['topUp.dayKopecksMax']),
    dayCountMax: policies['topUp.dayCountMax'],
    memberLeft: await lockAllowance(trx, allowance),
  })
  if (failed.length === 0) return null
  return { kind: 'notEligible', failed: failed.map(toStored) }
}

function toStored(failure: TopUpFailed): StoredFailure {
  switch (failure.code) {
    case 'DAY_AMOUNT_REACHED':
      return { code: failure.code, left: String(failure.leftKopecks), max: String(failure.maxKopecks) }
    case 'DAY_COUNT_REACHED':
      return { code: failure.code, left: '0', max: String(failure.countMax) }
    case 'MEMBER_LIMIT':
      return { code: failure.code, left: String(failure.leftKopecks), max: String(failure.leftKopecks) }
  }
}
