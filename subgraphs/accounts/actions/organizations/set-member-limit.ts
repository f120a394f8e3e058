import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { type Kopecks, parseKopecks } from '../../../../platform/money.ts'
import type { MemberRow } from '../../store/accounts.ts'
import { recordAct } from '../../store/acts.ts'
import { findMember, findRole, updateMonthlyLimit } from '../../store/memberships.ts'
import { actInOrganization, mayTouch, type NotActing, type OrganizationDependencies } from './membership.ts'

export type SetMemberLimitOutcome =
  | { readonly kind: 'set'; readonly member: MemberRow }
  | { readonly kind: 'invalidLimit' }
  | { readonly kind: 'memberNotFound' }
  | NotActing

/** Sets how much a member may spend of the organization's money in a calendar month; null lifts the limit. */
export async function setMemberLimit(
  dependencies: OrganizationDependencies,
  command: { readonly memberId: string; readonly monthlyLimit: string | null },
  viewer: Viewer,
): Promise<SetMemberLimitOutcome> {
  const memberId = parseId(command.memberId)
  const limit = readLimit(command.monthlyLimit)
  if (limit === 'invalid') return { kind: 'invalidLimit' }
  if (memberId === null) return { kind: 'memberNotFound' }
  return actInOrganization(dependencies, viewer, async (acting): Promise<SetMemberLimitOutcome> => {
    const { trx, organization, now } = acting
    const key = { organizationId: organization.id, memberId }
    const role = await findRole(trx, key)
    if (role === null) return { kind: 'memberNotFound' }
    if (!mayTouch(acting, role)) return { kind: 'notPermitted' }
    await updateMonthlyLimit(trx, key, limit)
    const acts = [
      { accountId: organization.id, kind: 'MEMBER_LIMIT_SET', details: { memberId, limit: command.monthlyLimit } },
      {
        accountId: memberId,
        kind: 'ORGANIZATION_LIMIT_SET',
        details: { organizationId: organization.id, limit: command.monthlyLimit },
      },
    ]
    for (const act of acts) await recordAct(trx, viewer, { id: dependencies.newId(), at: now, ...act })
    const member = await findMember(trx, key)
    invariant(member, 'a member whose limit was just set is a member')
    return { kind: 'set', member }
  })
}

function readLimit(typed: string | null): Kopecks | null | 'invalid' {
  if (typed === null) return null
  const kopecks = parseKopecks(typed)
  return kopecks === null || kopecks < 0n ? 'invalid' : kopecks
}
