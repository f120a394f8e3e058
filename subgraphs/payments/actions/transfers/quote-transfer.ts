import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import { type E164, parsePhone } from '../../../../platform/phone.ts'
import { available } from '../../ledger/balance.ts'
import { findBalance } from '../../ledger/find-balance.ts'
import { isAllowed } from '../../store/line-access.ts'
import { findTransferDay } from '../../store/transfer-days.ts'
import { insertTransferQuote, type TransferQuote } from '../../store/transfer-quotes.ts'
import type { ActionDependencies } from '../actions.ts'
import { lockAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { countAsking } from '../count-asking.ts'
import { ownMoneyFacts } from '../own-money.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import { chargeOf, type FailedTransferRule, transferObstacles } from './rules.ts'
import { askAround, limitsOf, type Surroundings } from './surroundings.ts'

export interface QuoteTransfer {
  readonly fromLineId: string
  readonly toPhone: string
  readonly amount: string
}

/** A transfer as it is shown. */
export interface ShownTransfer extends TransferQuote {
  /** What will be left to spend on the line that pays; null for who may not see what it has. */
  readonly balanceAfter: bigint | null
}

export type QuoteTransferOutcome =
  | { readonly kind: 'quoted'; readonly quote: ShownTransfer }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidPhone' }
  | { readonly kind: 'invalidAmount' }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedTransferRule[]; readonly timeZone: string }

/** A question that can be read. */
interface Question {
  readonly lineId: string
  readonly toPhone: E164
  readonly amount: bigint
}

/** Says what a transfer would cost and leave, or all that stands against it. Nothing moves. */
export async function quoteTransfer(
  dependencies: ActionDependencies,
  command: QuoteTransfer,
  asker: Asker,
): Promise<QuoteTransferOutcome> {
  const { db, clock } = dependencies
  const principal = asAccount(asker)
  const lineId = parseId(command.fromLineId)
  // Before anything else: to others a line answers like none, whatever they ask about it.
  if (lineId === null) return { kind: 'lineNotFound' }
  const isPayer = await db.transaction().execute((trx) => isAllowed(trx, lineId, asker.grant, clock.now()))
  if (!isPayer) return { kind: 'lineNotFound' }
  const toPhone = parsePhone(command.toPhone)
  if (toPhone === null) return { kind: 'invalidPhone' }
  const amount = parseKopecks(command.amount)
  if (amount === null || amount <= 0n) return { kind: 'invalidAmount' }
  const retryAt = await countAsking(dependencies, principal.personId, 'transfer.quotesPerDay')
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }

  const question = { lineId, toPhone, amount }
  const surroundings = await askAround(dependencies, principal, question)
  if (surroundings === null) return { kind: 'lineNotFound' }
  return show(dependencies, question, { principal, surroundings })
}

async function show(
  dependencies: ActionDependencies,
  { lineId, toPhone, amount }: Question,
  { principal, surroundings }: { readonly principal: AccountPrincipal; readonly surroundings: Surroundings },
): Promise<QuoteTransferOutcome> {
  const { db, clock, newId } = dependencies
  const { policies, receiverLineId, heldUntil, allowance, today } = surroundings
  const now = clock.now()
  const fee = BigInt(policies['transfer.feeKopecks'])
  return db.transaction().execute(async (trx): Promise<QuoteTransferOutcome> => {
    const balance = await findBalance(trx, lineId, 'KOPECK')
    if (balance === null) return { kind: 'lineNotFound' }
    const money = await ownMoneyFacts(trx, { lineId, accountId: principal.accountId, balance, now })
    const failed = transferObstacles({
      amount,
      fee,
      ...money,
      sentToday: (await findTransferDay(trx, lineId, today)).sent,
      isReceiverKnown: receiverLineId !== null,
      isSameLine: receiverLineId === lineId,
      heldUntil,
      memberLeft: await lockAllowance(trx, allowance),
      capReached: await checkSpendCap(trx, dependencies, { lineId, amount: chargeOf({ amount, fee }) }, principal),
      limits: limitsOf(policies),
    })
    if (failed.length > 0 || receiverLineId === null) {
      return { kind: 'notEligible', failed, timeZone: policies['operator.timeZone'] }
    }
    const quote: TransferQuote = {
      personId: principal.personId,
      id: newId(),
      accountId: principal.accountId,
      lineId,
      toPhone,
      toLineId: receiverLineId,
      amount,
      fee,
      feeVersion: policies.versions['transfer.feeKopecks'],
      quotedAt: now,
      validUntil: new Date(now.getTime() + policies['transfer.quoteMinutes'] * MINUTE_MS),
    }
    await insertTransferQuote(trx, quote)
    const balanceAfter = money.isBalanceVisible ? available(balance) - chargeOf(quote) : null
    return { kind: 'quoted', quote: { ...quote, balanceAfter } }
  })
}

const MINUTE_MS = 60_000
