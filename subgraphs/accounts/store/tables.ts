import type { ColumnType, Generated } from 'kysely'
import type { OutboxTables } from '../../../platform/events/outbox.ts'
import type { OrganizationRole } from '../../../platform/identity/viewer.ts'
import type { Language } from '../../../platform/languages.ts'

/** The tables of accounts, as the queries see them. */
export interface Tables extends OutboxTables {
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
  notice: NoticeTable
  notification_setting: NotificationSettingTable
  message: MessageTable
  act: ActTable
  credential_hold: { account_id: string; line_id: string; changed_at: Date; until: Date }
  contact: { account_id: string; phone: string; confirmed_at: Date }
  inbox: { event_id: string; received_at: Generated<Date> }
}

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

interface NoticeTable {
  account_id: string
  id: string
  kind: string
  parameters: unknown
  created_at: Date
  dispatched_at: Generated<Date | null>
  is_listed: Generated<boolean | null>
  read_at: Generated<Date | null>
}

export type SettableCategory = 'MONEY' | 'SERVICES' | 'NEWS'
export type NoticeChannel = 'SMS' | 'IN_APP'

interface NotificationSettingTable {
  account_id: string
  category: SettableCategory
  channel: NoticeChannel
  is_enabled: boolean
  changed_at: Date
}

interface MessageTable {
  phone: string
  id: string
  purpose: string
  body: string | null
  status: Generated<MessageStatus>
  created_at: Date
  expires_at: Date
  attempt: Generated<string | null>
  claimed_until: Generated<Date | null>
  written_at: Generated<Date | null>
  not_before: Generated<Date | null>
  part_count: Generated<number | null>
  parts_delivered: Generated<number>
  failure: Generated<string | null>
  sent_at: Generated<Date | null>
  ended_at: Generated<Date | null>
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
