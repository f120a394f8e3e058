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
import { shareOf } from './member-share.ts'
import { type StoredFailure, toStored } from './stored-failure.ts'
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
  | {
      readonly kind: 'amountOutOfRange'
      readonly minKopecks: string
      readonly maxKopecks: string
      readonly failed?: AllFailed
    }
  | { readonly kind: 'returnUrlNotAllowed' }
  | { readonly kind: 'cardNotFound'; readonly failed?: AllFailed }
  | { readonly kind: 'cardPaymentsUnavailable' }
  | { readonly kind: 'notEligible'; readonly failed: AllFailed }

/** Everything that stands in the way. What was kept with a client's key before had it of limits alone. */
type AllFailed = readonly StoredFailure[]

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
  const amount = parseKopecks(command.amount)
  if (amount === null || amount <= 0n) return { kind: 'invalidAmount' }
  const way = await chooseWay(trx, dependencies, command)
  const failed = await findFailed(trx, { lineId, amount, now, allowance, isCardKnown: way !== null }, policies)
  const isBackAllowed = dependencies.returnOrigins.has(command.returnUrl)
  if (way === null || failed.length > 0 || !isBackAllowed) return toRefusal(failed, isBackAllowed)
  const cardId = way.kind === 'SAVED_CARD' ? command.cardId : null
  const wish = { kind: 'TOP_UP', lineId, accountId: principal.accountId, amount, way, cardId, customerPhone } as const
  const paymentId = await beginCardPayment(trx, dependencies, { ...wish, share: shareOf(allowance) })
  await spendAllowance(trx, allowance, amount)
  const details = { paymentId, kopecks: String(amount) }
  await recordAct(trx, dependencies, { lineId, act: 'TOP_UP_BEGUN', details }, viewer)
  return { kind: 'begun', paymentId }
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
  readonly isCardKnown: boolean
}

async function findFailed(
  trx: Transaction<Tables>,
  { lineId, amount, now, allowance, isCardKnown }: RuleQuestion,
  policies: PaymentsPolicies,
): Promise<TopUpFailed[]> {
  const day = await sumTopUps(trx, lineId, new Date(now.getTime() - DAY_MS))
  return failedTopUpRules({
    amount,
    amountMin: BigInt(policies['topUp.kopecksMin']),
    amountMax: BigInt(policies['topUp.kopecksMax']),
    isCardKnown,
    dayKopecks: day.kopecks,
    dayCount: day.count,
    dayKopecksMax: BigInt(policies['topUp.dayKopecksMax']),
    dayCountMax: policies['topUp.dayCountMax'],
    memberLeft: await lockAllowance(trx, allowance),
  })
}

/** What has a refusal of its own comes by that, with all that stands beside it. */
function toRefusal(all: readonly TopUpFailed[], isBackAllowed: boolean): TopUpRefusal {
  const failed = all.map(toStored)
  const range = all.find((failure) => failure.code === 'AMOUNT_OUT_OF_RANGE')
  if (range) {
    const { minKopecks, maxKopecks } = range
    return { kind: 'amountOutOfRange', minKopecks: String(minKopecks), maxKopecks: String(maxKopecks), failed }
  }
  if (!isBackAllowed) return { kind: 'returnUrlNotAllowed' }
  return all.some(({ code }) => code === 'CARD_NOT_FOUND')
    ? { kind: 'cardNotFound', failed }
    : { kind: 'notEligible', failed }
}
