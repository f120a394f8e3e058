import { sql } from 'kysely'
import { ownedBy, type PersonalTable } from '../../../platform/personal-data/personal-tables.ts'

const ofAccount: PersonalTable['belongsTo'] = (accountId) => sql`
  t.account_id = ${accountId} and t.line_id in (select line_id from account_line where account_id = ${accountId})
`

/** What is kept of an account beside its own lines: which lines it sees, and by what rights. */
export const ACCOUNT_TABLES: readonly PersonalTable[] = [
  { table: 'account_line', belongsTo: ownedBy('account_id'), key: ['line_id'] },
  { table: 'line_access', belongsTo: ofAccount, key: ['line_id'] },
  { table: 'access_audit', belongsTo: ofAccount, key: ['line_id', 'id'] },
]

/** What is kept of a line: for its owner only. */
export const LINE_TABLES: readonly PersonalTable[] = [
  { table: 'line', belongsTo: ownedBy('id'), key: ['id'] },
  { table: 'number_management', belongsTo: ownedBy('line_id'), key: ['line_id'] },
  { table: 'line_act', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'line_access', belongsTo: ownedBy('line_id'), key: ['account_id'] },
  { table: 'access_audit', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'usage_record', belongsTo: ownedBy('line_id'), key: ['id'] },
]
