import { parseId } from '../../../../platform/ids.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { isAllowed } from '../../store/line-access.ts'
import { findLiveBalance, putLiveBalance } from '../../store/live-balances.ts'
import type { ActionDependencies } from '../actions.ts'
import type { Asker } from '../asker.ts'
import { recordAct } from '../record-act.ts'

export type DisableLiveBalanceOutcome =
  | { readonly kind: 'disabled'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }

/** Charges no further day; the one that is paid for lasts to its end. The grant must hold management. */
export async function disableLiveBalance(
  dependencies: ActionDependencies,
  command: { readonly lineId: string },
  { grant, viewer }: Asker,
): Promise<DisableLiveBalanceOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<DisableLiveBalanceOutcome> => {
    if (!(await isAllowed(trx, lineId, grant, dependencies.clock.now()))) return { kind: 'lineNotFound' }
    await lockBalance(trx, lineId, 'KOPECK')
    const before = await findLiveBalance(trx, lineId)
    if (before?.is_enabled) {
      await putLiveBalance(trx, { ...before, is_enabled: false, is_suspended: false, next_charge_at: null })
      await recordAct(trx, dependencies, { lineId, act: 'LIVE_BALANCE_DISABLED', details: {} }, viewer)
    }
    return { kind: 'disabled', lineId }
  })
  if (outcome.kind === 'disabled') dependencies.onEvent()
  return outcome
}
