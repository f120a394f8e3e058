import { LINE_RIGHTS, type LineRight, toBits } from '../../../platform/access/rights.ts'
import { parseId } from '../../../platform/ids.ts'
import { parsePhone } from '../../../platform/phone.ts'
import { type AccessChange, findOwnerByPhone, lockAccess, putAccess } from '../store/access.ts'
import { type AccessChanger, type AccessDependencies, recordAccessChange } from './change-access.ts'

export interface GrantLineAccess {
  readonly lineId: string
  readonly phone: string
  readonly rights: readonly LineRight[]
  readonly until: Date | null
}

export type GrantLineAccessOutcome =
  | { readonly kind: 'granted'; readonly access: AccessChange }
  | { readonly kind: 'invalidPhone' }
  | { readonly kind: 'invalidRights'; readonly at: 'rights' | 'until' }
  | { readonly kind: 'subscriberNotFound' }
  | { readonly kind: 'lineNotFound' }

/** Gives rights on a line to the account of whoever has a telephone number. The grant must hold ownership. */
export async function grantLineAccess(
  dependencies: AccessDependencies,
  command: GrantLineAccess,
  by: AccessChanger,
): Promise<GrantLineAccessOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const phone = parsePhone(command.phone)
  if (phone === null) return { kind: 'invalidPhone' }
  const rights = toBits(command.rights)
  const now = dependencies.clock.now()
  if (rights === 0 || (rights & LINE_RIGHTS.OWN) !== 0) return { kind: 'invalidRights', at: 'rights' }
  if (command.until !== null && command.until <= now) return { kind: 'invalidRights', at: 'until' }

  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<GrantLineAccessOutcome> => {
    if (!(await lockAccess(trx, lineId, by.grant, now))) return { kind: 'lineNotFound' }
    const accountId = await findOwnerByPhone(trx, phone)
    if (accountId === null) return { kind: 'subscriberNotFound' }
    const access = { lineId, accountId, rights, until: command.until }
    const version = await putAccess(trx, access)
    if (version === null) return { kind: 'subscriberNotFound' }
    await recordAccessChange(trx, dependencies, { ...access, version, act: 'LINE_ACCESS_GRANTED' }, by.viewer)
    return { kind: 'granted', access }
  })
  if (outcome.kind === 'granted') dependencies.onEvent()
  return outcome
}
