import { createCalendar, monthOf } from '../../../../platform/calendar.ts'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import type { MerchantAnswer } from '../../../../platform/merchants/merchants.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import { isStorable } from '../../../../platform/text.ts'
import { available } from '../../ledger/balance.ts'
import { findBalance } from '../../ledger/find-balance.ts'
import { isAllowed } from '../../store/line-access.ts'
import { findMerchant, type MerchantRow } from '../../store/merchants.ts'
import { insertPurchaseQuote, type PurchaseQuote, takeTransactionId } from '../../store/purchases.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findAllowance, lockAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { countAsking } from '../count-asking.ts'
import { findLineInService } from '../line-in-service.ts'
import { ownMoneyFacts } from '../own-money.ts'
import { findSimHold } from '../sim-hold.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import { costOf, type FailedPurchaseRule, feeOf, purchaseObstacles } from './rules.ts'

export interface QuotePurchase {
  readonly lineId: string
  readonly merchantId: string
  readonly reference: string
  readonly amount: string
}

export type QuotePurchaseOutcome =
  | {
      readonly kind: 'quoted'
      readonly quote: PurchaseQuote
      readonly merchant: MerchantRow
      /** Null for who may not see what the line has. */
      readonly balanceAfter: bigint | null
    }
  | {
      readonly kind: 'lineNotFound' | 'merchantNotFound' | 'invalidReference' | 'invalidAmount' | 'merchantUnavailable'
    }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedPurchaseRule[]; readonly timeZone: string }

/** A question that can be read, and what others know of it. */
interface Question {
  readonly lineId: string
  readonly merchant: MerchantRow
  readonly reference: string
  readonly transactionId: string
  readonly amount: bigint
  readonly answer: MerchantAnswer
  readonly heldUntil: Date | null
  readonly allowance: Allowance
}

/** Says what a purchase would cost and leave, or all that stands against it. The merchant is asked; nothing moves. */
export async function quotePurchase(
  dependencies: ActionDependencies,
  command: QuotePurchase,
  asker: Asker,
): Promise<QuotePurchaseOutcome> {
  const { db, clock } = dependencies
  const lineId = parseId(command.lineId)
  // Before anything else: to others a line answers like none, whatever they ask about it.
  if (lineId === null) return { kind: 'lineNotFound' }
  const isPayer = await db.transaction().execute((trx) => isAllowed(trx, lineId, asker.grant, clock.now()))
  if (!isPayer) return { kind: 'lineNotFound' }
  const merchant = await findMerchant(db, command.merchantId)
  if (merchant === null) return { kind: 'merchantNotFound' }
  const reference = command.reference.trim()
  if (!isWrittenSo(reference, merchant)) return { kind: 'invalidReference' }
  const amount = parseKopecks(command.amount)
  if (amount === null || amount <= 0n) return { kind: 'invalidAmount' }
  const retryAt = await countAsking(dependencies, asAccount(asker).personId, 'purchase.quotesPerDay')
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  return askAround(dependencies, { lineId, merchant, reference, amount }, asker)
}

const REFERENCE_LENGTH_MAX = 100

function isWrittenSo(reference: string, { reference_pattern: pattern }: MerchantRow): boolean {
  return isStorable(reference, REFERENCE_LENGTH_MAX) && new RegExp(`^(?:${pattern})$`, 'u').test(reference)
}

async function askAround(
  dependencies: ActionDependencies,
  asked: Pick<Question, 'lineId' | 'merchant' | 'reference' | 'amount'>,
  asker: Asker,
): Promise<QuotePurchaseOutcome> {
  const { clock, merchants, policies } = dependencies
  const now = clock.now()
  const principal = asAccount(asker)
  const month = monthOf(createCalendar((await policies.current())['operator.timeZone']).dayOf(now))
  const transactionId = await newTransactionId(dependencies, asked.lineId)
  const { reference, amount } = asked
  const [payer, answer, allowance] = await Promise.all([
    findLineInService(dependencies, asked.lineId),
    merchants.check({ merchantId: asked.merchant.id, transactionId, reference, amount, at: now }),
    findAllowance(dependencies, principal, month),
  ])
  if (payer === null || allowance.kind === 'none') return { kind: 'lineNotFound' }
  if (answer.kind === 'unknown') return { kind: 'merchantUnavailable' }
  const heldUntil = await findSimHold(dependencies, { line: payer, personId: principal.personId, now })
  return show(dependencies, { ...asked, transactionId, answer, heldUntil, allowance }, principal)
}

/** Milliseconds and seven digits of chance: the database has the last word that nobody else has it. */
async function newTransactionId({ db, clock, random }: ActionDependencies, lineId: string): Promise<string> {
  for (;;) {
    const id = `${clock.now().getTime()}${String(random.below(10_000_000)).padStart(7, '0')}`
    if (await takeTransactionId(db, { id, lineId })) return id
  }
}

async function show(
  { db, clock, newId, policies }: ActionDependencies,
  question: Question,
  principal: AccountPrincipal,
): Promise<QuotePurchaseOutcome> {
  const { lineId, merchant, amount, answer, allowance } = question
  const values = await policies.current()
  const now = clock.now()
  const fee = feeOf(amount, merchant.fee_permille)
  return db.transaction().execute(async (trx): Promise<QuotePurchaseOutcome> => {
    const balance = await findBalance(trx, lineId, 'KOPECK')
    if (balance === null) return { kind: 'lineNotFound' }
    const money = await ownMoneyFacts(trx, { lineId, accountId: principal.accountId, balance, now })
    const failed = purchaseObstacles({
      amount,
      fee,
      amountMin: merchant.amount_min,
      amountMax: merchant.amount_max,
      ...money,
      refusal: answer.kind === 'refused' ? answer.code : null,
      heldUntil: question.heldUntil,
      memberLeft: await lockAllowance(trx, allowance),
      capReached: await checkSpendCap(trx, { clock, policies }, { lineId, amount: costOf({ amount, fee }) }, principal),
    })
    if (failed.length > 0) return { kind: 'notEligible', failed, timeZone: values['operator.timeZone'] }
    const quote: PurchaseQuote = {
      personId: principal.personId,
      id: newId(),
      accountId: principal.accountId,
      lineId,
      merchantId: merchant.id,
      reference: question.reference,
      transactionId: question.transactionId,
      amount,
      fee,
      feePermille: merchant.fee_permille,
      quotedAt: now,
      validUntil: new Date(now.getTime() + values['purchase.quoteMinutes'] * MINUTE_MS),
    }
    await insertPurchaseQuote(trx, quote)
    const balanceAfter = money.isBalanceVisible ? available(balance) - costOf(quote) : null
    return { kind: 'quoted', quote, merchant, balanceAfter }
  })
}

const MINUTE_MS = 60_000
