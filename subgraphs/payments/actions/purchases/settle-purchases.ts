import type { Transaction } from 'kysely'
import { invariant } from '../../../../platform/invariant.ts'
import type { MerchantAnswer } from '../../../../platform/merchants/merchants.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { captureHold, findHold, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import { countMemberSpending } from '../../store/member-spending.ts'
import { findMerchant } from '../../store/merchants.ts'
import { endPayment } from '../../store/payments.ts'
import { endPurchase, type Purchase, takePurchasesToAsk } from '../../store/purchases.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import { purchaseKey } from './confirm-purchase.ts'
import { costOf } from './rules.ts'

const AT_ONCE = 20
const OVERDUE_MS = 86_400_000

/**
 * Has merchants take what was confirmed, and ends what they have answered. Any number of processes may: a merchant is asked
 * by one of them at a time, pays a transaction once, and each purchase ends once. Returns how many were asked about.
 */
export async function settlePurchases(dependencies: ActionDependencies): Promise<number> {
  const { db, clock, policies } = dependencies
  const { 'purchase.askAgainSeconds': firstSeconds, 'purchase.askAgainSecondsMax': maxSeconds } =
    await policies.current()
  const due = await takePurchasesToAsk(db, { now: clock.now(), firstSeconds, maxSeconds, limit: AT_ONCE })
  await Promise.all(due.map((purchase) => settlePurchase(dependencies, purchase)))
  return due.length
}

async function settlePurchase(dependencies: ActionDependencies, purchase: Purchase): Promise<void> {
  const { merchants, logger, clock } = dependencies
  const { merchantId, transactionId, reference, amount, begunAt, id: paymentId } = purchase
  const answer = await merchants.pay({ merchantId, transactionId, reference, amount, at: begunAt })
  if (answer.kind !== 'unknown') return end(dependencies, purchase, answer)
  if (clock.now().getTime() - begunAt.getTime() < OVERDUE_MS) return
  logger.error(
    { paymentId, merchantId, cause: answer.cause, asked: purchase.asked },
    'a purchase is a day old, and its merchant does not say how it ended',
  )
}

type Ended = Exclude<MerchantAnswer, { kind: 'unknown' }>

async function end(dependencies: ActionDependencies, purchase: Purchase, answer: Ended): Promise<void> {
  const { lineId, id } = purchase
  await dependencies.db.transaction().execute(async (trx) => {
    await lockBalance(trx, lineId, 'KOPECK')
    if (!(await endPurchase(trx, purchase))) return
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
    await endPayment(trx, { lineId, id }, { status: 'FAILED', failure: answer.code, at: now })
    if (purchase.member) await countMemberSpending(trx, purchase.member, -costOf(purchase))
    const act = { lineId, act: 'PURCHASE_REFUSED', details: { paymentId: id, failure: answer.code } }
    await recordAct(trx, dependencies, act, forOurselves(id))
  })
  dependencies.onEvent()
}

async function takingOf(trx: Transaction<Tables>, { id, merchantId, amount, fee }: Purchase) {
  const merchant = await findMerchant(trx, merchantId)
  const movements = [take('KOPECK', 'MERCHANTS', amount)]
  if (fee > 0n) movements.push(take('KOPECK', 'REVENUE', fee, 'PURCHASE_FEE'))
  return {
    movements,
    cause: {
      paymentId: id,
      // What was shown and confirmed has the same id.
      consentId: id,
      ...(merchant && { title: { ru: merchant.name_ru, en: merchant.name_en } }),
    },
  }
}
