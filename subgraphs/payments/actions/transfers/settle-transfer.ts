import type { Transaction } from 'kysely'
import type { TransferCredited, TransferRefused } from '../../../../platform/events/event.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { captureHold, findHold, type HoldKey, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import { receiveOnce } from '../../store/inbox.ts'
import { countMemberSpending } from '../../store/member-spending.ts'
import { endPayment } from '../../store/payments.ts'
import type { Tables } from '../../store/tables.ts'
import { uncountSent } from '../../store/transfer-days.ts'
import { findSentTransfer, type SentTransfer } from '../../store/transfer-payments.ts'
import type { ActionDependencies } from '../actions.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import { transferKey } from './confirm-transfer.ts'
import { chargeOf } from './rules.ts'

/** A transfer that waits for its answer, with what is set aside for it, under the lock of the line's balance. */
interface Waiting {
  readonly lineId: string
  readonly id: string
  readonly sent: SentTransfer
  readonly hold: HoldKey
}

/**
 * The sender's side of a transfer, when the receiver's has answered: takes what was set aside, or gives it back with the
 * fee. Once however often the event comes.
 */
export async function settleTransfer(
  dependencies: ActionDependencies,
  event: TransferCredited | TransferRefused,
): Promise<void> {
  const { fromLineId: lineId, transferId: id } = event
  await dependencies.db.transaction().execute(async (trx) => {
    if (!(await receiveOnce(trx, event.id))) return
    await lockBalance(trx, lineId, 'KOPECK')
    const sent = await findSentTransfer(trx, { lineId, id })
    const hold = await findHold(trx, { lineId, sourceKey: transferKey(id) })
    invariant(sent && hold, 'an answer comes to a transfer that was sent')
    if (sent.status !== 'PENDING') return
    const waiting = { lineId, id, sent, hold }
    if (event.kind === 'TransferCredited') await finish(trx, dependencies, waiting)
    else await giveBack(trx, dependencies, waiting, event.id)
  })
  dependencies.onEvent()
}

async function finish(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, id, sent, hold }: Waiting,
): Promise<void> {
  const { amount, fee, details } = sent
  const movements = [take('KOPECK', 'TRANSFERS', amount)]
  if (fee > 0n) movements.push(take('KOPECK', 'REVENUE', fee, 'TRANSFER_FEE'))
  const posted = await captureHold(trx, dependencies, hold, {
    movements,
    cause: {
      paymentId: id,
      // What was shown and confirmed has the same id.
      consentId: id,
      policy: { name: 'transfer.feeKopecks', version: details.feeVersion },
      title: { ru: details.to, en: details.to },
    },
  })
  invariant(posted?.kind === 'posted', 'what was set aside for a transfer waits for its answer')
  await endPayment(trx, { lineId, id }, { status: 'SUCCEEDED', at: dependencies.clock.now() })
}

async function giveBack(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, id, sent, hold }: Waiting,
  eventId: string,
): Promise<void> {
  const now = dependencies.clock.now()
  const { day, member } = sent.details
  invariant(await releaseHold(trx, hold, now), 'what was set aside for a transfer waits for its answer')
  await endPayment(trx, { lineId, id }, { status: 'FAILED', failure: 'RECEIVER_CANNOT_BE_CREDITED', at: now })
  await uncountSent(trx, { lineId, day, sent: sent.amount })
  if (member) await countMemberSpending(trx, member, -chargeOf(sent))
  const act = { lineId, act: 'TRANSFER_RETURNED', details: { paymentId: id, kopecks: String(sent.amount) } }
  await recordAct(trx, dependencies, act, forOurselves(eventId))
}
