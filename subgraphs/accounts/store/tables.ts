import type { ColumnType, Generated } from 'kysely'
import type { OutboxTables } from '../../../platform/events/outbox.ts'
import type { OrganizationRole, StaffRole } from '../../../platform/identity/viewer.ts'
import type { Language } from '../../../platform/languages.ts'
import type { ConsultantTables } from './consultant/tables.ts'
import type { IdentityTables } from './identity-tables.ts'
import type { OneTimePasswordTables } from './one-time-password-tables.ts'

/** The tables of accounts, as the queries see them. */
export interface Tables extends OutboxTables, OneTimePasswordTables, IdentityTables, ConsultantTables {
  account: {
    id: string
    kind: AccountKind
    display_name: string
    language: Language
    customer_ref: string
    created_at: Date
    closed_at: Date | null
  }
  closed_account: { account_id: string; sealed: string; closed_at: Date }
  customer_directory: { customer_ref: string; account_id: string }
  organization_member: {
    organization_id: string
    member_id: string
    role: MemberRole
    since: Date
    monthly_limit_kopecks: bigint | null
  }
  person_organization: { person_id: string; organization_id: string }
  invitation: InvitationTable
  phone_invitation: { phone: string; organization_id: string; invitation_id: string }
  news: NewsTable
  session: SessionTable
  session_rotation: {
    person_id: string
    session_id: string
    generation: number
    device: string | null
    rotated_at: Date
  }
  ended_session: { person_id: string; session_id: string; until: Date }
  password: { person_id: string; hash: string; changed_at: Date }
  password_try: { subject: string; tried_at: Date[]; next_at: Date; touched_at: Date }
  notice: NoticeTable
  notification_setting: NotificationSettingTable
  message: MessageTable
  act: ActTable
  credential_hold: { account_id: string; line_id: string; changed_at: Date; until: Date }
  data_export: DataExportTable
  data_export_chunk: { account_id: string; export_id: string; run_id: string; number: number; sealed: string }
  ussd_session: { phone: string; id: string; menu: string; last_at: Date }
  ussd_nonce: { nonce: string; taken_at: Date }
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
  | 'REPLACED'
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
  access_until: Date
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
  next_try_at: Generated<Date | null>
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

interface DataExportTable {
  account_id: string
  id: string
  idempotency_key: string
  status: Generated<DataExportState>
  requested_at: Date
  ready_at: Date | null
  expires_at: Date | null
  run_id: string | null
  chunk_count: number | null
  link_hash: Buffer | null
  link_expires_at: Date | null
}

export type DataExportState = 'PREPARING' | 'READY' | 'ERASED'

interface ActTable {
  account_id: string
  id: string
  at: Date
  actor: string
  staff_roles: StaffRole[] | null
  kind: string
  line_id: string | null
  details: unknown
  address: string | null
  session_id: string | null
  request_id: string | null
  reason: string | null
}

export type InvitationStatus = 'PENDING' | 'ACCEPTED' | 'DECLINED' | 'REVOKED' | 'REPLACED'

interface InvitationTable {
  organization_id: string
  id: string
  phone: string
  role: MemberRole
  code_hash: Buffer
  secret_id: string
  invited_by: string
  created_at: Date
  expires_at: Date
  status: Generated<InvitationStatus>
  decided_at: Date | null
  decided_by: string | null
}

interface NewsTable {
  id: string
  title_ru: string
  title_en: string
  body_ru: string
  body_en: string
  regions: string[] | null
  publish_at: Date
  until: Date | null
  published_by: string
  created_at: Date
  withdrawn_at: Date | null
  withdrawn_by: string | null
}
