import type { Transaction } from 'kysely'
import { createCalendar, type Day } from '../../../../platform/calendar.ts'
import type { TransferSent } from '../../../../platform/events/event.ts'
import { writeEvent } from '../../../../platform/events/outbox.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { isPosted, post } from '../../ledger/post.ts'
import { give } from '../../ledger/posting.ts'
import { receiveOnce } from '../../store/inbox.ts'
import { beginPayment, endPayment } from '../../store/payments.ts'
import type { Tables } from '../../store/tables.ts'
import { countTransfer, findTransferDay } from '../../store/transfer-days.ts'
import type { ActionDependencies } from '../actions.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import { transferKey } from './confirm-transfer.ts'
import { mayBeCredited } from './rules.ts'

/**
 * The receiver's side of a transfer: credits the line or not, once however often the event comes, and tells the
 * sender's side which. Why not is told to nobody: how much a line received today is its owner's to know.
 */
export async function creditTransfer(dependencies: ActionDependencies, event: TransferSent): Promise<void> {
  const values = await dependencies.policies.current()
  const today = createCalendar(values['operator.timeZone']).dayOf(dependencies.clock.now())
  const receivedPerDay = BigInt(values['transfer.receivedPerDayKopecks'])
  await dependencies.db.transaction().execute(async (trx) => {
    if (!(await receiveOnce(trx, event.id))) return
    const isCredited = await tryToCredit(trx, dependencies, event, { today, receivedPerDay })
    await writeEvent(
      trx,
      {
        id: dependencies.newId(),
        kind: isCredited ? 'TransferCredited' : 'TransferRefused',
        occurredAt: dependencies.clock.now().toISOString(),
        transferId: event.transferId,
        fromLineId: event.fromLineId,
      },
      ['payments'],
    )
  })
  dependencies.onEvent()
}

async function tryToCredit(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { id: eventId, transferId, toLineId: lineId, amount: text, fromPhone }: TransferSent,
  { today, receivedPerDay }: { readonly today: Day; readonly receivedPerDay: bigint },
): Promise<boolean> {
  const amount = BigInt(text)
  const now = dependencies.clock.now()
  // Without a book there is nobody to credit.
  if ((await lockBalance(trx, lineId, 'KOPECK')) === null) return false
  const sourceKey = transferKey(transferId)
  const { received: receivedToday } = await findTransferDay(trx, lineId, today)
  // What was credited by another event of the same transfer is among what was received.
  if (!mayBeCredited({ amount, receivedToday, receivedPerDay })) return isPosted(trx, { lineId, sourceKey })

  const payment = { lineId, id: dependencies.newId() }
  const posted = await post(trx, dependencies, {
    lineId,
    kind: 'TRANSFER_IN',
    sourceKey,
    occurredAt: now,
    movements: [give('KOPECK', 'TRANSFERS', amount)],
    cause: { paymentId: payment.id, ...(fromPhone !== null && { title: { ru: fromPhone, en: fromPhone } }) },
  })
  // It is told again, and nothing else is done again.
  if (posted.kind === 'alreadyPosted') return true
  const details = { from: fromPhone }
  await beginPayment(trx, { ...payment, kind: 'TRANSFER_IN', amount, accountId: null, at: now, details })
  await endPayment(trx, payment, { status: 'SUCCEEDED', at: now })
  await countTransfer(trx, { lineId, day: today, received: amount })
  const act = { lineId, act: 'TRANSFER_RECEIVED', details: { paymentId: payment.id, kopecks: text } }
  await recordAct(trx, dependencies, act, forOurselves(eventId))
  return true
}
