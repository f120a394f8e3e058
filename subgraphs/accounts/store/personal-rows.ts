import { sql, type Transaction } from 'kysely'
import type { PersonalPart } from './personal-part.ts'
import type { Tables } from './tables.ts'

/** A table whose rows are sealed whole, and the column that says whose they are. */
interface SealedTable {
  readonly table: string
  readonly owner: string
}

async function takeRows(trx: Transaction<Tables>, { table, owner }: SealedTable, accountId: string): Promise<unknown> {
  const { rows } = await sql<{ taken: unknown }>`
    with gone as (delete from ${sql.ref(table)} where ${sql.ref(owner)} = ${accountId} returning *)
    select coalesce(jsonb_agg(to_jsonb(gone)), '[]') as taken from gone
  `.execute(trx)
  return rows[0]?.taken
}

/** What came in their place meanwhile stays. */
async function giveBackRows(trx: Transaction<Tables>, table: string, rows: unknown): Promise<void> {
  await sql`
    insert into ${sql.ref(table)}
    select row.* from jsonb_populate_recordset(null::${sql.ref(table)}, ${JSON.stringify(rows)}::jsonb) as row
    on conflict do nothing
  `.execute(trx)
}

function rowsOf(name: string, ...tables: readonly SealedTable[]): PersonalPart {
  return {
    name,
    async take(trx, accountId) {
      const taken: Record<string, unknown> = {}
      for (const sealed of tables) taken[sealed.table] = await takeRows(trx, sealed, accountId)
      return taken
    },
    async giveBack(trx, _accountId, data) {
      const taken = data as Readonly<Record<string, unknown>>
      for (const { table } of tables) if (table in taken) await giveBackRows(trx, table, taken[table])
    },
  }
}

/** Without a hash every password is wrong, as for somebody who has none. */
export const password = rowsOf('password', { table: 'password', owner: 'person_id' })

/** The directory stays, so that nobody else attaches them meanwhile. */
export const identities = rowsOf('identities', { table: 'identity', owner: 'account_id' })

export const notificationSettings = rowsOf('notificationSettings', {
  table: 'notification_setting',
  owner: 'account_id',
})

const sealedNotices = rowsOf('notices', { table: 'notice', owner: 'account_id' })

export const notices: PersonalPart = {
  ...sealedNotices,
  async take(trx, accountId) {
    // One that waits would be sent when the cabinet is opened again, whenever that is.
    await sql`
      update notice set dispatched_at = created_at, is_listed = true
      where account_id = ${accountId} and dispatched_at is null
    `.execute(trx)
    return sealedNotices.take(trx, accountId)
  },
}

const sealedConversations = rowsOf(
  'conversations',
  { table: 'conversation', owner: 'account_id' },
  { table: 'conversation_message', owner: 'account_id' },
  { table: 'consultant_request', owner: 'account_id' },
)

export const conversations: PersonalPart = {
  ...sealedConversations,
  async take(trx, accountId) {
    // Nobody waits for an answer in a closed cabinet, and it is not overdue when the cabinet is opened again.
    await sql`
      update conversation set status = 'CLOSED', deadline_at = null, lease_until = null
      where account_id = ${accountId} and status in ('WAITING', 'IN_PROGRESS')
    `.execute(trx)
    return sealedConversations.take(trx, accountId)
  },
}

/** Those that an organization sent: whoever holds the code of one is told that there is none. */
const sentInvitations = { table: 'invitation', owner: 'organization_id' }
export const invitations: PersonalPart = {
  name: 'invitations',
  async take(trx, accountId) {
    await sql`
      delete from phone_invitation as received using invitation
      where invitation.organization_id = ${accountId} and received.phone = invitation.phone
        and received.organization_id = invitation.organization_id and received.invitation_id = invitation.id
    `.execute(trx)
    return takeRows(trx, sentInvitations, accountId)
  },
  async giveBack(trx, accountId, data) {
    await giveBackRows(trx, sentInvitations.table, data)
    await sql`
      insert into phone_invitation (phone, organization_id, invitation_id)
      select phone, organization_id, id from invitation where organization_id = ${accountId}
      on conflict do nothing
    `.execute(trx)
  },
}
