import { parseId } from '../../../../platform/ids.ts'
import { formatKopecks, parseKopecks } from '../../../../platform/money.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { isAllowed } from '../../store/line-access.ts'
import { deleteSpendCap, putSpendCap } from '../../store/spend-caps.ts'
import type { ActionDependencies } from '../actions.ts'
import type { Asker } from '../asker.ts'
import { recordAct } from '../record-act.ts'

export type SetSpendCapOutcome =
  | { readonly kind: 'set'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidAmount' }
  | { readonly kind: 'amountOutOfRange'; readonly min: bigint; readonly max: bigint }

/** Says how much a line may spend in a month. The grant must hold the right to manage the line. */
export async function setSpendCap(
  dependencies: ActionDependencies,
  command: { readonly lineId: string; readonly monthlyAmount: string },
  { grant, viewer }: Asker,
): Promise<SetSpendCapOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null || grant.accountId === null) return { kind: 'lineNotFound' }
  const monthlyAmount = parseKopecks(command.monthlyAmount)
  if (monthlyAmount === null || monthlyAmount <= 0n) return { kind: 'invalidAmount' }
  const { clock, db, onEvent } = dependencies
  const setBy = grant.accountId
  const range = await readRange(dependencies)
  const outcome = await db.transaction().execute(async (trx): Promise<SetSpendCapOutcome> => {
    const now = clock.now()
    if (!(await isAllowed(trx, lineId, grant, now))) return { kind: 'lineNotFound' }
    if (monthlyAmount < range.min || monthlyAmount > range.max) return { kind: 'amountOutOfRange', ...range }
    if ((await lockBalance(trx, lineId, 'KOPECK')) === null) return { kind: 'lineNotFound' }
    await putSpendCap(trx, { lineId, monthlyAmount, setBy, now })
    const details = { monthlyAmount: formatKopecks(monthlyAmount) }
    await recordAct(trx, dependencies, { lineId, act: 'SPEND_CAP_SET', details }, viewer)
    return { kind: 'set', lineId }
  })
  if (outcome.kind === 'set') onEvent()
  return outcome
}

async function readRange({ policies }: ActionDependencies): Promise<{ min: bigint; max: bigint }> {
  const current = await policies.current()
  return {
    min: BigInt(current['spendCap.amountMinKopecks']),
    max: BigInt(current['spendCap.amountMaxKopecks']),
  }
}

export type RemoveSpendCapOutcome =
  | { readonly kind: 'removed'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }

/** Lets a line spend what it has; when it has no cap there is nothing to do. The grant must hold management. */
export async function removeSpendCap(
  dependencies: ActionDependencies,
  command: { readonly lineId: string },
  { grant, viewer }: Asker,
): Promise<RemoveSpendCapOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<RemoveSpendCapOutcome> => {
    if (!(await isAllowed(trx, lineId, grant, dependencies.clock.now()))) return { kind: 'lineNotFound' }
    await lockBalance(trx, lineId, 'KOPECK')
    if (await deleteSpendCap(trx, lineId)) {
      await recordAct(trx, dependencies, { lineId, act: 'SPEND_CAP_REMOVED', details: {} }, viewer)
    }
    return { kind: 'removed', lineId }
  })
  if (outcome.kind === 'removed') dependencies.onEvent()
  return outcome
}
