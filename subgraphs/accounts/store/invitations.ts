import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { InvitationStatus, MemberRole, Tables } from './tables.ts'

/** An invitation that waits for an answer, as both sides see it. */
export interface InvitationRow {
  readonly organization_id: string
  readonly organization_name: string
  readonly id: string
  readonly phone: string
  readonly role: MemberRole
  readonly created_at: Date
  readonly expires_at: Date
}

interface WaitingFor {
  readonly accountIds: readonly string[]
  readonly now: Date
}

const SENT = prepareStatement<WaitingFor, InvitationRow & { readonly account_id: string }>(
  'sent-invitations',
  ({ accountIds, now }) => sql`
    select invitation.organization_id as account_id, invitation.organization_id, invitation.id, invitation.phone,
      invitation.role, invitation.created_at, invitation.expires_at, organization.display_name as organization_name
    from invitation join account as organization on organization.id = invitation.organization_id
    where invitation.organization_id = any(${accountIds}::uuid[]) and invitation.status = 'PENDING'
      and invitation.expires_at > ${now}::timestamptz
    order by invitation.id
  `,
)

const RECEIVED = prepareStatement<WaitingFor, InvitationRow & { readonly account_id: string }>(
  'received-invitations',
  ({ accountIds, now }) => sql`
    select contact.account_id, invitation.organization_id, invitation.id, invitation.phone, invitation.role,
      invitation.created_at, invitation.expires_at, organization.display_name as organization_name
    from contact
    join account as person on person.id = contact.account_id and person.kind = 'INDIVIDUAL'
    join phone_invitation as received on received.phone = contact.phone
    join invitation on invitation.organization_id = received.organization_id and invitation.id = received.invitation_id
    join account as organization on organization.id = invitation.organization_id
    where contact.account_id = any(${accountIds}::uuid[]) and invitation.status = 'PENDING'
      and invitation.expires_at > ${now}::timestamptz
    order by invitation.id
  `,
)

/** Who is asked for invitations: those that they sent, or those that came to their confirmed phone. */
export type InvitationSide = 'sent' | 'received'

/** The invitations that wait for an answer, oldest first, in the order of the accounts. */
export async function readInvitations(
  reader: Reader,
  side: InvitationSide,
  waiting: WaitingFor,
): Promise<(readonly InvitationRow[])[]> {
  const rows = await reader.read(side === 'sent' ? SENT : RECEIVED, waiting)
  const byAccount = Map.groupBy(rows, (row) => row.account_id)
  return waiting.accountIds.map((id) => byAccount.get(id) ?? [])
}

export interface NewInvitation {
  readonly organizationId: string
  readonly id: string
  readonly phone: E164
  readonly role: MemberRole
  readonly codeHash: Buffer
  readonly secretId: string
  readonly invitedBy: string
  readonly now: Date
  readonly expiresAt: Date
}

/** Writes an invitation down, in place of one that the phone has of the organization. The organization must be locked. */
export async function insertInvitation(trx: Transaction<Tables>, invitation: NewInvitation): Promise<void> {
  const { organizationId, id, phone, role, codeHash, secretId, invitedBy, now, expiresAt } = invitation
  await decide(
    trx,
    { by: invitedBy, now, status: 'REPLACED' },
    sql`
    organization_id = ${organizationId} and phone = ${phone}
  `,
  )
  await trx
    .insertInto('invitation')
    .values({
      organization_id: organizationId,
      id,
      phone,
      role,
      code_hash: codeHash,
      secret_id: secretId,
      invited_by: invitedBy,
      created_at: now,
      expires_at: expiresAt,
      decided_at: null,
      decided_by: null,
    })
    .execute()
  await trx
    .insertInto('phone_invitation')
    .values({ phone, organization_id: organizationId, invitation_id: id })
    .execute()
}

/** How many invitations of the organization wait, and how many it has sent since the moment. */
export async function countInvitations(
  trx: Transaction<Tables>,
  organizationId: string,
  { now, since }: { readonly now: Date; readonly since: Date },
): Promise<{ readonly pending: number; readonly sent: number }> {
  const { rows } = await sql<{ pending: number; sent: number }>`
    select (count(*) filter (where status = 'PENDING' and expires_at > ${now}))::int as pending,
      (count(*) filter (where created_at > ${since}))::int as sent
    from invitation where organization_id = ${organizationId}
  `.execute(trx)
  return rows[0] ?? { pending: 0, sent: 0 }
}

/** An invitation that somebody may hold the code of. */
export interface InvitationCandidate {
  readonly organization_id: string
  readonly id: string
  readonly role: MemberRole
  readonly code_hash: Buffer
  readonly secret_id: string
}

/** The invitations that wait for the person with this account, by the phone that they have confirmed. */
export async function findReceivedInvitations(
  trx: Transaction<Tables>,
  personId: string,
  now: Date,
): Promise<InvitationCandidate[]> {
  const { rows } = await sql<InvitationCandidate>`
    select invitation.organization_id, invitation.id, invitation.role, invitation.code_hash, invitation.secret_id
    from contact
    join account as person on person.id = contact.account_id and person.kind = 'INDIVIDUAL'
    join phone_invitation as received on received.phone = contact.phone
    join invitation on invitation.organization_id = received.organization_id and invitation.id = received.invitation_id
    where contact.account_id = ${personId} and invitation.status = 'PENDING' and invitation.expires_at > ${now}
  `.execute(trx)
  return rows
}

/** What becomes of invitations that wait, by whom and when. */
export interface InvitationDecision {
  readonly status: Exclude<InvitationStatus, 'PENDING'>
  readonly by: string
  readonly now: Date
}

/** Decides an invitation that still waits. False when it does not: each is decided once. */
export async function decideInvitation(
  trx: Transaction<Tables>,
  { organizationId, id }: { readonly organizationId: string; readonly id: string },
  decision: InvitationDecision,
): Promise<boolean> {
  const decided = await decide(
    trx,
    decision,
    sql`
    organization_id = ${organizationId} and id = ${id} and expires_at > ${decision.now}
  `,
  )
  return decided > 0
}

/** Takes back what somebody has sent who may not invite any more. */
export async function revokeInvitationsOf(
  trx: Transaction<Tables>,
  { organizationId, memberId }: { readonly organizationId: string; readonly memberId: string },
  decision: InvitationDecision,
): Promise<void> {
  await decide(trx, decision, sql`organization_id = ${organizationId} and invited_by = ${memberId}`)
}

async function decide(
  trx: Transaction<Tables>,
  { status, by, now }: InvitationDecision,
  which: ReturnType<typeof sql>,
): Promise<number> {
  const { rows } = await sql`
    with decided as (
      update invitation set status = ${status}, decided_at = ${now}, decided_by = ${by}
      where ${which} and status = 'PENDING'
      returning organization_id, id, phone
    ), forgotten as (
      delete from phone_invitation as received using decided
      where received.phone = decided.phone and received.organization_id = decided.organization_id
        and received.invitation_id = decided.id
    )
    select id from decided
  `.execute(trx)
  return rows.length
}
