import type { Transaction } from 'kysely'
import type { Grant } from '../../../../platform/access/grant.ts'
import { LINE_RIGHTS } from '../../../../platform/access/rights.ts'
import { writeEvent } from '../../../../platform/events/outbox.ts'
import { parseId } from '../../../../platform/ids.ts'
import { maskPhone } from '../../../../platform/phone.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { NEVER, placeHold } from '../../ledger/holds.ts'
import { isAllowed } from '../../store/line-access.ts'
import { beginPayment } from '../../store/payments.ts'
import type { Tables } from '../../store/tables.ts'
import { countTransfer, findTransferDay } from '../../store/transfer-days.ts'
import { findSentTransfer, type SentDetails } from '../../store/transfer-payments.ts'
import { findTransferQuote, type TransferQuote } from '../../store/transfer-quotes.ts'
import type { ActionDependencies } from '../actions.ts'
import { lockAllowance, memberOf, spendAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { type KeyedCommand, type KeyRefusal, once, recall } from '../once.ts'
import { ownMoneyFacts } from '../own-money.ts'
import { recordAct } from '../record-act.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import { chargeOf, type FailedTransferRule, transferObstacles } from './rules.ts'
import { askAround, limitsOf, type Surroundings } from './surroundings.ts'

export interface ConfirmTransfer {
  readonly quoteId: string
  readonly idempotencyKey: string
}

/** As JSON: it is kept with the client's key. */
export type ConfirmTransferOutcome =
  | { readonly kind: 'sent'; readonly payment: SentPayment }
  | { readonly kind: 'quoteNotFound' }
  | { readonly kind: 'quoteExpired' }
  | { readonly kind: 'alreadyConfirmed' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedTransferRule[]; readonly timeZone: string }

/** The payment as it was begun: a repeated key is answered alike, however far the transfer is by then. */
export interface SentPayment {
  readonly lineId: string
  readonly id: string
  readonly amount: string
  readonly fee: string
  readonly createdAt: string
}

/**
 * Sends what was shown, for exactly what was shown. The money is set aside and an event tells the receiver's side, in one
 * transaction: from then on the transfer ends by itself, credited or returned.
 */
export async function confirmTransfer(
  dependencies: ActionDependencies,
  { quoteId, idempotencyKey: key }: ConfirmTransfer,
  asker: Asker,
): Promise<ConfirmTransferOutcome | KeyRefusal> {
  const { personId, accountId } = asAccount(asker)
  const command: KeyedCommand = { personId, operation: 'confirmTransfer', key, body: [accountId, quoteId] }
  const known = await recall<ConfirmTransferOutcome>(dependencies, command)
  if (known) return known
  const id = parseId(quoteId)
  const quote = id === null ? null : await findTransferQuote(dependencies.db, { personId, accountId, id })
  const surroundings = quote && (await askAround(dependencies, asAccount(asker), quote))
  const outcome = await once<ConfirmTransferOutcome>(dependencies, command, async (trx) =>
    quote && surroundings ? send(trx, dependencies, { quote, surroundings, asker }) : { kind: 'quoteNotFound' },
  )
  if (outcome.kind === 'sent') dependencies.onEvent()
  return outcome
}

interface Sending {
  readonly quote: TransferQuote
  readonly surroundings: Surroundings
  readonly asker: Asker
}

async function send(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  sending: Sending,
): Promise<ConfirmTransferOutcome> {
  const { quote, surroundings, asker } = sending
  const now = dependencies.clock.now()
  if (!(await isAllowed(trx, quote.lineId, toPay(asker.grant), now))) return { kind: 'quoteNotFound' }
  const balance = await lockBalance(trx, quote.lineId, 'KOPECK')
  if (balance === null) return { kind: 'quoteNotFound' }
  if (await findSentTransfer(trx, quote)) return { kind: 'alreadyConfirmed' }
  if (quote.validUntil <= now) return { kind: 'quoteExpired' }
  const { policies, today } = surroundings
  const failed = transferObstacles({
    amount: quote.amount,
    fee: quote.fee,
    ...(await ownMoneyFacts(trx, { lineId: quote.lineId, accountId: quote.accountId, balance, now })),
    sentToday: (await findTransferDay(trx, quote.lineId, today)).sent,
    // A number that has changed hands since it was shown is another receiver.
    isReceiverKnown: surroundings.receiverLineId === quote.toLineId,
    isSameLine: quote.toLineId === quote.lineId,
    heldUntil: surroundings.heldUntil,
    memberLeft: await lockAllowance(trx, surroundings.allowance),
    capReached: await checkSpendCap(
      trx,
      dependencies,
      { lineId: quote.lineId, amount: chargeOf(quote) },
      asAccount(asker),
    ),
    limits: limitsOf(policies),
  })
  if (failed.length > 0) return { kind: 'notEligible', failed, timeZone: policies['operator.timeZone'] }
  return write(trx, dependencies, sending, now)
}

/** The right to pay alone: the field is open to all customers, for a quote names the line. */
function toPay({ accountId, rights }: Grant): Grant {
  return { accountId, rights: rights & LINE_RIGHTS.PAY }
}

async function write(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { quote, surroundings, asker }: Sending,
  now: Date,
): Promise<ConfirmTransferOutcome> {
  const { id, lineId, amount, fee } = quote
  const { allowance, today, payer } = surroundings
  const details: SentDetails = {
    to: maskPhone(quote.toPhone),
    day: today,
    member: memberOf(allowance),
    feeVersion: quote.feeVersion,
  }
  const payment = {
    lineId,
    id,
    kind: 'TRANSFER_OUT',
    amount,
    fee,
    accountId: quote.accountId,
    at: now,
    details,
  } as const
  await beginPayment(trx, payment)
  await placeHold(trx, dependencies, {
    lineId,
    unit: 'KOPECK',
    amount: chargeOf(quote),
    kind: 'TRANSFER_OUT',
    sourceKey: transferKey(id),
    // Only the receiver's side knows what becomes of it.
    expiresAt: NEVER,
  })
  await countTransfer(trx, { lineId, day: today, sent: amount })
  await spendAllowance(trx, allowance, chargeOf(quote))
  await writeEvent(
    trx,
    {
      id: dependencies.newId(),
      kind: 'TransferSent',
      occurredAt: now.toISOString(),
      transferId: id,
      fromLineId: lineId,
      toLineId: quote.toLineId,
      amount: String(amount),
      fromPhone: payer.phone && maskPhone(payer.phone),
    },
    ['payments'],
  )
  const act = { lineId, act: 'TRANSFER_SENT', details: { paymentId: id, kopecks: String(amount) } }
  await recordAct(trx, dependencies, act, asker.viewer)
  return {
    kind: 'sent',
    payment: { lineId, id, amount: String(amount), fee: String(fee), createdAt: now.toISOString() },
  }
}

/** Names a transfer among the causes of both lines. */
export function transferKey(transferId: string): string {
  return `transfer:${transferId}`
}
