import type { Transaction } from 'kysely'
import type { Grant } from '../../../../platform/access/grant.ts'
import { LINE_RIGHTS } from '../../../../platform/access/rights.ts'
import { createCalendar, monthOf } from '../../../../platform/calendar.ts'
import { parseId } from '../../../../platform/ids.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { NEVER, placeHold } from '../../ledger/holds.ts'
import { isAllowed } from '../../store/line-access.ts'
import { findMerchant, type MerchantRow } from '../../store/merchants.ts'
import { beginPayment } from '../../store/payments.ts'
import { beginPurchase, findPurchaseQuote, isPurchaseBegun, type PurchaseQuote } from '../../store/purchases.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findAllowance, lockAllowance, memberOf, spendAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { findLineInService } from '../line-in-service.ts'
import { type KeyedCommand, type KeyRefusal, once, recall } from '../once.ts'
import { ownMoneyFacts } from '../own-money.ts'
import { recordAct } from '../record-act.ts'
import { findSimHold } from '../sim-hold.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import { costOf, type FailedPurchaseRule, purchaseObstacles } from './rules.ts'

export interface ConfirmPurchase {
  readonly quoteId: string
  readonly idempotencyKey: string
}

/** As JSON: it is kept with the client's key. */
export type ConfirmPurchaseOutcome =
  | { readonly kind: 'begun'; readonly payment: BegunPurchase }
  | { readonly kind: 'quoteNotFound' | 'quoteExpired' | 'alreadyConfirmed' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedPurchaseRule[]; readonly timeZone: string }

/** The payment as it was begun: a repeated key is answered alike, however far the purchase is by then. */
export interface BegunPurchase {
  readonly lineId: string
  readonly id: string
  readonly amount: string
  readonly fee: string
  readonly createdAt: string
}

interface Surroundings {
  readonly merchant: MerchantRow
  readonly heldUntil: Date | null
  readonly allowance: Allowance
  readonly timeZone: string
}

/**
 * Begins what was shown, for exactly what was shown: the money is set aside, and the merchant is asked to take it until
 * it has said how that ended. Own money only: a promise is the operator's, and does not leave.
 */
export async function confirmPurchase(
  dependencies: ActionDependencies,
  { quoteId, idempotencyKey: key }: ConfirmPurchase,
  asker: Asker,
): Promise<ConfirmPurchaseOutcome | KeyRefusal> {
  const { personId, accountId } = asAccount(asker)
  const command: KeyedCommand = { personId, operation: 'confirmPurchase', key, body: [accountId, quoteId] }
  const known = await recall<ConfirmPurchaseOutcome>(dependencies, command)
  if (known) return known
  const id = parseId(quoteId)
  const quote = id === null ? null : await findPurchaseQuote(dependencies.db, { personId, accountId, id })
  const surroundings = quote && (await askAround(dependencies, quote, asker))
  return once<ConfirmPurchaseOutcome>(dependencies, command, async (trx) =>
    quote && surroundings ? begin(trx, dependencies, { quote, surroundings, asker }) : { kind: 'quoteNotFound' },
  )
}

/** What others know, asked before the transaction; null when there is nothing to pay from or to any more. */
async function askAround(
  dependencies: ActionDependencies,
  { lineId, merchantId }: PurchaseQuote,
  asker: Asker,
): Promise<Surroundings | null> {
  const now = dependencies.clock.now()
  const principal = asAccount(asker)
  const { personId } = principal
  const { 'operator.timeZone': timeZone } = await dependencies.policies.current()
  const month = monthOf(createCalendar(timeZone).dayOf(now))
  const [payer, merchant, allowance] = await Promise.all([
    findLineInService(dependencies, lineId),
    findMerchant(dependencies.db, merchantId),
    findAllowance(dependencies, principal, month),
  ])
  if (payer === null || merchant === null || allowance.kind === 'none') return null
  return { merchant, allowance, timeZone, heldUntil: await findSimHold(dependencies, { line: payer, personId, now }) }
}

interface Beginning {
  readonly quote: PurchaseQuote
  readonly surroundings: Surroundings
  readonly asker: Asker
}

async function begin(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  beginning: Beginning,
): Promise<ConfirmPurchaseOutcome> {
  const { quote, surroundings, asker } = beginning
  const now = dependencies.clock.now()
  if (!(await isAllowed(trx, quote.lineId, toPay(asker.grant), now))) return { kind: 'quoteNotFound' }
  const balance = await lockBalance(trx, quote.lineId, 'KOPECK')
  if (balance === null) return { kind: 'quoteNotFound' }
  if (await isPurchaseBegun(trx, quote)) return { kind: 'alreadyConfirmed' }
  if (quote.validUntil <= now) return { kind: 'quoteExpired' }
  const { merchant, allowance, heldUntil, timeZone } = surroundings
  const failed = purchaseObstacles({
    amount: quote.amount,
    fee: quote.fee,
    amountMin: merchant.amount_min,
    amountMax: merchant.amount_max,
    ...(await ownMoneyFacts(trx, { lineId: quote.lineId, accountId: quote.accountId, balance, now })),
    // It was asked when this was shown, and says so again when it is paid.
    refusal: null,
    heldUntil,
    memberLeft: await lockAllowance(trx, allowance),
    capReached: await checkSpendCap(
      trx,
      dependencies,
      { lineId: quote.lineId, amount: costOf(quote) },
      asAccount(asker),
    ),
  })
  if (failed.length > 0) return { kind: 'notEligible', failed, timeZone }
  return write(trx, dependencies, beginning, now)
}

/** The right to pay alone: the field is open to all customers, for a quote names the line. */
function toPay({ accountId, rights }: Grant): Grant {
  return { accountId, rights: rights & LINE_RIGHTS.PAY }
}

async function write(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { quote, surroundings: { allowance }, asker }: Beginning,
  now: Date,
): Promise<ConfirmPurchaseOutcome> {
  const { id, lineId, amount, fee, merchantId } = quote
  const details = { merchantId, reference: maskReference(quote.reference) }
  await beginPayment(trx, { lineId, id, kind: 'PURCHASE', amount, fee, accountId: quote.accountId, at: now, details })
  await placeHold(trx, dependencies, {
    lineId,
    unit: 'KOPECK',
    amount: costOf(quote),
    kind: 'PURCHASE',
    sourceKey: purchaseKey(id),
    // Only the merchant knows what becomes of it.
    expiresAt: NEVER,
  })
  await spendAllowance(trx, allowance, costOf(quote))
  await beginPurchase(trx, { ...quote, begunAt: now, member: memberOf(allowance) })
  const act = { lineId, act: 'PURCHASE_MADE', details: { paymentId: id, merchantId, kopecks: String(amount) } }
  await recordAct(trx, dependencies, act, asker.viewer)
  return {
    kind: 'begun',
    payment: { lineId, id, amount: String(amount), fee: String(fee), createdAt: now.toISOString() },
  }
}

/** Names a purchase among the causes of its line. */
export function purchaseKey(id: string): string {
  return `purchase:${id}`
}

/** The last four signs say which it was to whoever knows it. */
function maskReference(reference: string): string {
  return reference.length <= 4 ? '****' : `****${reference.slice(-4)}`
}
