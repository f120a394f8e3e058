import type { Transaction } from 'kysely'
import { invariant } from '../../../../platform/invariant.ts'
import type { MerchantAnswer } from '../../../../platform/merchants/merchants.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { captureHold, findHold, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import { countMemberSpending } from '../../store/member-spending.ts'
import { findMerchantName } from '../../store/merchants.ts'
import { endPayment } from '../../store/payments.ts'
import { endPurchase, type Purchase } from '../../store/purchases.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import { purchaseKey } from './confirm-purchase.ts'
import { costOf } from './rules.ts'

/** What a merchant says when it is over. */
export type FinalAnswer = Exclude<MerchantAnswer, { kind: 'unknown' }>

export type EndingDependencies = Pick<ActionDependencies, 'db' | 'clock' | 'newId' | 'currencyCode' | 'onEvent'>

/** Ends a purchase as its merchant has answered; false when it has ended before. */
export async function endPurchaseAs(
  dependencies: EndingDependencies,
  purchase: Purchase,
  answer: FinalAnswer,
): Promise<boolean> {
  const isEnded = await dependencies.db.transaction().execute(async (trx) => {
    await lockBalance(trx, purchase.lineId, 'KOPECK')
    if (!(await endPurchase(trx, purchase))) return false
    await moveHeld(trx, dependencies, purchase, answer)
    return true
  })
  dependencies.onEvent()
  return isEnded
}

async function moveHeld(
  trx: Transaction<Tables>,
  dependencies: EndingDependencies,
  purchase: Purchase,
  answer: FinalAnswer,
): Promise<void> {
  const { lineId, id } = purchase
  const hold = await findHold(trx, { lineId, sourceKey: purchaseKey(id) })
  invariant(hold, 'what was confirmed was set aside')
  if (answer.kind === 'done') {
    const posted = await captureHold(trx, dependencies, hold, await takingOf(trx, purchase))
    invariant(posted?.kind === 'posted', 'what was set aside for a purchase waits for its answer')
    await endPayment(trx, { lineId, id }, { status: 'SUCCEEDED', at: dependencies.clock.now() })
    return
  }
  const now = dependencies.clock.now()
  invariant(await releaseHold(trx, hold, now), 'what was set aside for a purchase waits for its answer')
  const ended = await endPayment(trx, { lineId, id }, { status: 'FAILED', failure: answer.code, at: now })
  if (purchase.member) await countMemberSpending(trx, purchase.member, -costOf(purchase))
  const details = { paymentId: id, failure: answer.code, kopecks: String(purchase.amount) }
  const act = { lineId, act: 'PURCHASE_REFUSED', details, concerns: ended?.account_id ?? null }
  await recordAct(trx, dependencies, act, forOurselves(id))
}

async function takingOf(trx: Transaction<Tables>, { id, merchantId, amount, fee, feePermille }: Purchase) {
  const title = await findMerchantName(trx, merchantId)
  const movements = [take('KOPECK', 'MERCHANTS', amount)]
  if (fee > 0n) movements.push(take('KOPECK', 'REVENUE', fee, 'PURCHASE_FEE'))
  return {
    movements,
    cause: {
      paymentId: id,
      // What was shown and confirmed has the same id.
      consentId: id,
      ...(fee > 0n && feePermille !== null && { feePermille }),
      ...(title && { title }),
    },
  }
}
