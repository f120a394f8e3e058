import type { Language } from '../../../platform/languages.ts'

/** The tables of accounts, as the queries see them. */
export interface Tables {
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
}

export type AccountKind = 'INDIVIDUAL' | 'ORGANIZATION'
export type MemberRole = 'OWNER' | 'ADMINISTRATOR' | 'ACCOUNTANT' | 'USER'
