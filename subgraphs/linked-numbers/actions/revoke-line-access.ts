import { parseId } from '../../../platform/ids.ts'
import { lockAccess, removeAccess } from '../store/access.ts'
import { type AccessChanger, type AccessDependencies, recordAccessChange } from './change-access.ts'

export interface RevokeLineAccess {
  readonly lineId: string
  readonly accountId: string
}

export type RevokeLineAccessOutcome =
  | { readonly kind: 'revoked'; readonly lineId: string }
  | { readonly kind: 'accessNotFound' }
  | { readonly kind: 'ownLine' }
  | { readonly kind: 'lineNotFound' }

/** Takes an account's rights on a line away. The grant must hold ownership. */
export async function revokeLineAccess(
  dependencies: AccessDependencies,
  command: RevokeLineAccess,
  by: AccessChanger,
): Promise<RevokeLineAccessOutcome> {
  const lineId = parseId(command.lineId)
  const accountId = parseId(command.accountId)
  if (lineId === null) return { kind: 'lineNotFound' }

  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<RevokeLineAccessOutcome> => {
    const owner = await lockAccess(trx, lineId, by.grant, dependencies.clock.now())
    if (!owner) return { kind: 'lineNotFound' }
    if (owner.accountId === accountId) return { kind: 'ownLine' }
    const version = accountId === null ? null : await removeAccess(trx, lineId, accountId)
    if (accountId === null || version === null) return { kind: 'accessNotFound' }
    const change = { lineId, accountId, rights: 0, until: null, version, act: 'LINE_ACCESS_REVOKED' }
    await recordAccessChange(trx, dependencies, change, by.viewer)
    return { kind: 'revoked', lineId }
  })
  if (outcome.kind === 'revoked') dependencies.onEvent()
  return outcome
}
