import type { ColumnType } from 'kysely'

/** The tables of other ways in: identities at providers, and sessions of staff. */
export interface IdentityTables {
  provider_sign_in: ProviderSignInTable
  identity_directory: { provider_id: string; subject: string; account_id: string }
  staff_session: StaffSessionTable
  staff_act: StaffActTable
}

interface ProviderSignInTable {
  state_hash: Buffer
  flow_secret_hash: Buffer
  provider_id: string
  purpose: string
  redirect_uri: string
  secrets: string
  person_id: string | null
  session_id: string | null
  expires_at: Date
  used_at: ColumnType<Date | null, never, Date>
}

export type StaffSessionEnd = 'SIGNED_OUT' | 'REVOKED'

interface StaffSessionTable {
  staff_id: string
  id: string
  roles: string[]
  device: string | null
  address: string | null
  created_at: Date
  expires_at: Date
  ended_at: ColumnType<Date | null, never, Date>
  end_reason: ColumnType<StaffSessionEnd | null, never, StaffSessionEnd>
}

interface StaffActTable {
  staff_id: string
  id: string
  at: Date
  kind: string
  details: unknown
  address: string | null
  session_id: string | null
  request_id: string | null
}
