import { parseId } from '../../../../platform/ids.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { type AutoPayment, findAutoPayment, putAutoPayment } from '../../store/auto-payments.ts'
import { isAllowed } from '../../store/line-access.ts'
import type { ActionDependencies } from '../actions.ts'
import type { Asker } from '../asker.ts'
import { recordAct } from '../record-act.ts'

export type DisableAutoPaymentOutcome =
  | { readonly kind: 'disabled'; readonly autoPayment: AutoPayment }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'autoPaymentNotFound' }

/**
 * Switches an automatic payment off. What the acquirer was asked before is still waited for. The grant must hold the
 * right to pay.
 */
export async function disableAutoPayment(
  dependencies: ActionDependencies,
  command: { readonly lineId: string; readonly autoPaymentId: string },
  { grant, viewer }: Asker,
): Promise<DisableAutoPaymentOutcome> {
  const lineId = parseId(command.lineId)
  const id = parseId(command.autoPaymentId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<DisableAutoPaymentOutcome> => {
    if (!(await isAllowed(trx, lineId, grant, dependencies.clock.now()))) return { kind: 'lineNotFound' }
    await lockBalance(trx, lineId, 'KOPECK')
    const known = id === null ? null : await findAutoPayment(trx, { lineId, id })
    if (known === null) return { kind: 'autoPaymentNotFound' }
    if (known.stoppedBy === 'SUBSCRIBER') return { kind: 'disabled', autoPayment: known }
    const autoPayment: AutoPayment = { ...known, stoppedBy: 'SUBSCRIBER', nextAttemptAt: null }
    await putAutoPayment(trx, autoPayment)
    const act = {
      lineId,
      act: 'AUTO_PAYMENT_DISABLED',
      details: { autoPaymentId: known.id },
      concerns: known.accountId,
    }
    await recordAct(trx, dependencies, act, viewer)
    return { kind: 'disabled', autoPayment }
  })
  if (outcome.kind === 'disabled') dependencies.onEvent()
  return outcome
}
