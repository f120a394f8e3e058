import { sql } from 'kysely'
import { ownedBy, type PersonalTable } from '../../../platform/personal-data/personal-tables.ts'

/** By the number that the account's notices go to. */
const ofContact: PersonalTable['belongsTo'] = (accountId) =>
  sql`t.phone in (select phone from contact where account_id = ${accountId})`

/** What accounts keep of an account. Other tables are named in the test that compares this with the database. */
export const ACCOUNT_TABLES: readonly PersonalTable[] = [
  { table: 'account', belongsTo: ownedBy('id'), key: ['id'] },
  { table: 'contact', belongsTo: ownedBy('account_id'), key: ['account_id'] },
  {
    table: 'organization_member',
    belongsTo: (accountId) => sql`(t.organization_id = ${accountId} or t.member_id = ${accountId})`,
    key: ['organization_id', 'member_id'],
  },
  { table: 'session', belongsTo: ownedBy('person_id'), key: ['id'], withheld: ['refresh_seed', 'secret_id'] },
  { table: 'password', belongsTo: ownedBy('person_id'), key: ['person_id'], withheld: ['hash'] },
  { table: 'identity', belongsTo: ownedBy('account_id'), key: ['provider_id'] },
  { table: 'phone_cabinet', belongsTo: ofContact, key: ['phone', 'line_id'] },
  { table: 'credential_hold', belongsTo: ownedBy('account_id'), key: ['line_id'] },
  { table: 'notice', belongsTo: ownedBy('account_id'), key: ['id'], withheld: ['next_try_at'] },
  { table: 'notification_setting', belongsTo: ownedBy('account_id'), key: ['category', 'channel'] },
  { table: 'conversation', belongsTo: ownedBy('account_id'), key: ['id'] },
  { table: 'conversation_message', belongsTo: ownedBy('account_id'), key: ['conversation_id', 'sequence'] },
  {
    table: 'invitation',
    belongsTo: (accountId) => sql`(t.organization_id = ${accountId} or (t.organization_id, t.id) in (
      select received.organization_id, received.invitation_id
      from phone_invitation as received join contact using (phone) where contact.account_id = ${accountId}))`,
    key: ['organization_id', 'id'],
    withheld: ['code_hash', 'secret_id'],
  },
  { table: 'message', belongsTo: ofContact, key: ['phone', 'id'], withheld: ['body', 'attempt', 'claimed_until'] },
  {
    table: 'one_time_password',
    belongsTo: ofContact,
    key: ['phone', 'id'],
    withheld: ['code_hash', 'secret_id', 'request_id'],
  },
  {
    table: 'data_export',
    belongsTo: ownedBy('account_id'),
    key: ['id'],
    withheld: ['idempotency_key', 'run_id', 'chunk_count', 'link_hash', 'link_expires_at'],
  },
  { table: 'act', belongsTo: ownedBy('account_id'), key: ['id'] },
]
