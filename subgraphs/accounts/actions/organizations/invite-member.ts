import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { Language } from '../../../../platform/languages.ts'
import { type E164, parsePhone } from '../../../../platform/phone.ts'
import { recordAct } from '../../store/acts.ts'
import { countInvitations, type InvitationRow, insertInvitation } from '../../store/invitations.ts'
import { queueMessage } from '../../store/messages.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { MemberRole } from '../../store/tables.ts'
import { hashCode, makeCode } from './invitation-code.ts'
import {
  type Acting,
  actInOrganization,
  mayTouch,
  type NotActing,
  type OrganizationDependencies,
} from './membership.ts'

export interface InviteMember {
  readonly phone: string
  readonly role: MemberRole
}

export type InviteMemberOutcome =
  | { readonly kind: 'invited'; readonly invitation: InvitationRow }
  | { readonly kind: 'invalidPhone' }
  | { readonly kind: 'tooMany' }
  | NotActing

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/** The text message is to stay one that people read, whatever the organization is called. */
const NAME_LENGTH_MAX = 60

/**
 * Asks somebody to act for the organization of the viewer's session, by a text message to their phone. Whose phone it
 * is is not looked up, so the answer tells nothing of it.
 */
export async function inviteMember(
  dependencies: OrganizationDependencies,
  { phone: typed, role }: InviteMember,
  viewer: Viewer,
): Promise<InviteMemberOutcome> {
  const phone = parsePhone(typed)
  if (phone === null) return { kind: 'invalidPhone' }
  const policies = await dependencies.policies.current()
  const outcome = await actInOrganization(dependencies, viewer, async (acting): Promise<InviteMemberOutcome> => {
    if (!mayTouch(acting, role)) return { kind: 'notPermitted' }
    const { trx, organization, now } = acting
    const since = new Date(now.getTime() - DAY_MS)
    const { pending, sent } = await countInvitations(trx, organization.id, { now, since })
    if (pending >= policies['invitation.pendingMax'] || sent >= policies['invitation.dayMax'])
      return { kind: 'tooMany' }
    return { kind: 'invited', invitation: await send(dependencies, acting, { phone, role, policies, viewer }) }
  })
  if (outcome.kind === 'invited') dependencies.onOutgoing()
  return outcome
}

interface Sending {
  readonly phone: E164
  readonly role: MemberRole
  readonly policies: AccountsPolicies
  readonly viewer: Viewer
}

async function send(
  dependencies: OrganizationDependencies,
  { trx, organization, personId, now }: Acting,
  { phone, role, policies, viewer }: Sending,
): Promise<InvitationRow> {
  const { newId, random, secrets } = dependencies
  const id = newId()
  const code = makeCode(random)
  const expiresAt = new Date(now.getTime() + policies['invitation.ttlHours'] * HOUR_MS)
  await insertInvitation(trx, {
    organizationId: organization.id,
    id,
    phone,
    role,
    codeHash: hashCode(code, id, secrets.current),
    secretId: secrets.current.id,
    invitedBy: personId,
    now,
    expiresAt,
  })
  const name = organization.display_name.replace(/\p{Cc}+/gu, ' ').slice(0, NAME_LENGTH_MAX)
  const text = TEXTS[organization.language](name, code)
  await queueMessage(trx, dependencies, { id: newId(), phone, purpose: 'INVITATION', text, at: now, expiresAt })
  const details = { invitationId: id, role }
  await recordAct(trx, viewer, { id: newId(), at: now, accountId: organization.id, kind: 'MEMBER_INVITED', details })
  return {
    organization_id: organization.id,
    organization_name: organization.display_name,
    id,
    phone,
    role,
    created_at: now,
    expires_at: expiresAt,
  }
}

const TEXTS: Record<Language, (name: string, code: string) => string> = {
  ru: (name, code) =>
    `«${name}» приглашает вас в свой личный кабинет. Код: ${code}. Войдите в кабинет с этим номером и введите код. ` +
    'Если вы этого не ждали, ничего не делайте.',
  en: (name, code) =>
    `"${name}" invites you to its cabinet. Code: ${code}. Sign in with this number and enter the code. ` +
    'If you did not expect this, do nothing.',
}
