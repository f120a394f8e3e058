import type { Transaction } from 'kysely'
import type { AccountClosed } from '../../../../platform/events/event.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { findAutoPayment, findAutoPaymentsOf } from '../../store/auto-payments.ts'
import { saveNoCards } from '../../store/card-payments.ts'
import { deleteCards } from '../../store/cards.ts'
import { receiveOnce } from '../../store/inbox.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { stopAutoPayment } from '../auto-payments/begin-attempts.ts'
import { recordAccountAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'

/**
 * A cabinet was closed: its automatic payments end, and its cards are forgotten with their tokens. What the acquirer was
 * asked before is still waited for, and saves no card. Once however often the event comes: whoever opens the cabinet
 * again has a card saved anew.
 */
export async function endPayer(dependencies: ActionDependencies, { id, accountId }: AccountClosed): Promise<void> {
  await dependencies.db.transaction().execute(async (trx) => {
    if (!(await receiveOnce(trx, id))) return
    await endAutoPayments(trx, dependencies, accountId)
    await saveNoCards(trx, accountId)
    // After that: a payment that has just saved its card was waited for.
    for (const cardId of await deleteCards(trx, accountId)) {
      await recordAccountAct(
        trx,
        dependencies,
        { accountId, act: 'CARD_REMOVED', details: { cardId } },
        forOurselves(id),
      )
    }
  })
  dependencies.onEvent()
}

/** On each line that the account pays for. Its owner, where that is another, learns that there is no card any more. */
async function endAutoPayments(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  accountId: string,
): Promise<void> {
  for (const key of await findAutoPaymentsOf(trx, accountId)) {
    await lockBalance(trx, key.lineId, 'KOPECK')
    const autoPayment = await findAutoPayment(trx, key)
    if (autoPayment?.accountId !== accountId || autoPayment.stoppedBy !== null) continue
    await stopAutoPayment(trx, dependencies, autoPayment, 'NO_CARD')
  }
}
