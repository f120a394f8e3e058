import type { OutboxTables } from '../../../platform/events/outbox.ts'

/** The tables of linked numbers, as the queries see them. */
export interface Tables extends OutboxTables {
  line: {
    id: string
    msisdn: string
    owner_account_id: string
    region: string
    status: LineStatus
    activated_on: string
    created_at: Date
  }
  directory: { msisdn: string; line_id: string }
  line_access: { line_id: string; account_id: string; rights: number; until: Date | null; version: bigint }
  account_line: { account_id: string; line_id: string; until: Date | null; alias: string | null }
  number_management: { line_id: string; enabled_at: Date }
  line_act: { line_id: string; id: string; kind: string; done_by: string; done_at: Date }
  access_audit: {
    line_id: string
    id: string
    account_id: string
    rights: number
    until: Date | null
    changed_by: string
    changed_at: Date
  }
}

export type LineStatus = 'ACTIVE' | 'BLOCKED' | 'CLOSED'
