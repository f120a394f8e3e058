import { LINE_RIGHTS } from '../../../platform/access/rights.ts'
import { parseId } from '../../../platform/ids.ts'
import { lockAccess, removeAccess } from '../store/access.ts'
import { type AccessChanger, type AccessDependencies, recordAccessChange } from './change-access.ts'

export type UnlinkNumberOutcome =
  | { readonly kind: 'unlinked'; readonly lineId: string }
  | { readonly kind: 'ownLine' }
  | { readonly kind: 'lineNotFound' }

/** Gives up the viewer's own rights on somebody else's line. */
export async function unlinkNumber(
  dependencies: AccessDependencies,
  command: { readonly lineId: string },
  by: AccessChanger,
): Promise<UnlinkNumberOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }

  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<UnlinkNumberOutcome> => {
    const holder = await lockAccess(trx, lineId, by.grant, dependencies.clock.now())
    if (!holder) return { kind: 'lineNotFound' }
    if ((holder.rights & LINE_RIGHTS.OWN) !== 0) return { kind: 'ownLine' }
    const { accountId } = holder
    const version = await removeAccess(trx, lineId, accountId)
    if (version === null) return { kind: 'lineNotFound' }
    const change = { lineId, accountId, rights: 0, until: null, version, act: 'NUMBER_UNLINKED' }
    await recordAccessChange(trx, dependencies, change, by.viewer)
    return { kind: 'unlinked', lineId }
  })
  if (outcome.kind === 'unlinked') dependencies.onEvent()
  return outcome
}
