import { type Kysely, sql, type Transaction } from 'kysely'
import { LINE_RIGHTS } from '../../../platform/access/rights.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { LineStatus, Tables } from './tables.ts'

/** Whoever has a telephone number now. */
export interface SubscriberRow {
  readonly msisdn: string
  readonly line_id: string
  readonly owner_account_id: string
  readonly status: Exclude<LineStatus, 'CLOSED'>
}

const SUBSCRIBERS = prepareStatement<{ readonly phones: readonly string[] }, SubscriberRow>(
  'subscribers',
  ({ phones }) => sql`
    select directory.msisdn, line.id as line_id, line.owner_account_id, line.status
    from directory
    join line on line.id = directory.line_id
    where directory.msisdn = any(${phones}::text[]) and line.status <> 'CLOSED'
  `,
)

/** Whoever has these telephone numbers now, in their order; null where nobody does. */
export async function readSubscribers(reader: Reader, phones: readonly string[]): Promise<(SubscriberRow | null)[]> {
  const rows = await reader.read(SUBSCRIBERS, { phones })
  const byPhone = new Map(rows.map((row) => [row.msisdn, row]))
  return phones.map((phone) => byPhone.get(phone) ?? null)
}

/** The telephone number of a line; null when there is no such line, or its contract has ended. */
export async function readNumberOfLine(db: Kysely<Tables>, lineId: string): Promise<string | null> {
  const line = await db
    .selectFrom('line')
    .select('msisdn')
    .where('id', '=', lineId)
    .where('status', '<>', 'CLOSED')
    .executeTakeFirst()
  return line?.msisdn ?? null
}

/**
 * Lets an account see a line that nothing was ever said of between them. Returns whether it did: what was given
 * before, or taken back, stays. Null when there is no such line.
 */
export async function admitAccount(
  trx: Transaction<Tables>,
  lineId: string,
  accountId: string,
): Promise<{ readonly isNew: boolean } | null> {
  const { rows } = await sql<{ is_new: boolean }>`
    with admitted as (
      insert into line_access (line_id, account_id, rights, until)
      select id, ${accountId}, ${LINE_RIGHTS.VIEW}, null from line where id = ${lineId} and status <> 'CLOSED'
      on conflict (line_id, account_id) do nothing
      returning line_id
    )
    select exists (select from admitted) as is_new from line where id = ${lineId} and status <> 'CLOSED'
  `.execute(trx)
  const [row] = rows
  return row ? { isNew: row.is_new } : null
}
