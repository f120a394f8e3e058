import type { ColumnType, Generated } from 'kysely'
import type { OutboxTables } from '../../../platform/events/outbox.ts'
import type { OrganizationRole } from '../../../platform/identity/viewer.ts'
import type { Language } from '../../../platform/languages.ts'
import type { OneTimePasswordTables } from './one-time-password-tables.ts'

/** The tables of accounts, as the queries see them. */
export interface Tables extends OutboxTables, OneTimePasswordTables {
  account: {
    id: string
    kind: AccountKind
    display_name: string
    language: Language
    customer_ref: string
    created_at: Date
  }
  customer_directory: { customer_ref: string; account_id: string }
  organization_member: { organization_id: string; member_id: string; role: MemberRole; since: Date }
  session: SessionTable
  notice: { account_id: string; id: string; kind: string; parameters: unknown; created_at: Date }
  message: MessageTable
  act: ActTable
  credential_hold: { account_id: string; line_id: string; changed_at: Date; until: Date }
  contact: { account_id: string; phone: string; confirmed_at: Date }
  inbox: { event_id: string; received_at: Generated<Date> }
}

export type { OneTimePasswordWay } from './one-time-password-tables.ts'
export type AccountKind = 'INDIVIDUAL' | 'ORGANIZATION'
export type MemberRole = 'OWNER' | 'ADMINISTRATOR' | 'ACCOUNTANT' | 'USER'

/** How somebody showed who they are. */
export type SignInMethod = 'ONE_TIME_PASSWORD' | 'PASSWORD' | 'SOCIAL' | 'NETWORK' | 'USSD' | 'DEVELOPMENT'

export type SessionEnd =
  | 'SIGNED_OUT'
  | 'REVOKED'
  | 'REUSE_DETECTED'
  | 'CREDENTIALS_CHANGED'
  | 'ACCOUNT_CLOSED'
  | 'MEMBERSHIP_ENDED'

interface SessionTable {
  person_id: string
  id: string
  account_id: string
  organization_role: OrganizationRole | null
  method: SignInMethod
  device: string | null
  device_name: string | null
  address: string | null
  refresh_seed: Buffer
  secret_id: string
  generation: Generated<number>
  created_at: Date
  last_used_at: Date
  ended_at: ColumnType<Date | null, never, Date>
  end_reason: ColumnType<SessionEnd | null, never, SessionEnd>
}

interface MessageTable {
  phone: string
  id: string
  purpose: string
  body: string | null
  status: Generated<MessageStatus>
  created_at: Date
  expires_at: Date
}

export type MessageStatus = 'QUEUED' | 'SENDING' | 'SENT' | 'DELIVERED' | 'FAILED' | 'EXPIRED' | 'UNKNOWN'

interface ActTable {
  account_id: string
  id: string
  at: Date
  actor: string
  kind: string
  line_id: string | null
  details: unknown
  address: string | null
  session_id: string | null
  request_id: string | null
  reason: string | null
}
