import { type Kysely, sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import type { LineKey } from '../../../platform/access/line-key.ts'
import type { LineStatus, Tables } from './tables.ts'

/** A line as one viewer may see it. */
export interface LineRow {
  readonly key: number
  readonly id: string
  readonly msisdn: string
  readonly alias: string | null
  readonly region: string
  readonly status: LineStatus
  readonly activated_on: string
  /** The rights of the viewer's account on it, as bits; 0 for staff. */
  readonly rights: number
}

export async function readLines(db: Kysely<Tables>, keys: readonly LineKey[], now: Date): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    with allowed as (${allowedLines(keys, now)})
    select allowed.key, line.id, line.msisdn, account_line.alias, line.region, line.status, line.activated_on,
      allowed.rights
    from allowed
    join line on line.id = allowed.line_id
    left join account_line on account_line.account_id = allowed.account_id and account_line.line_id = line.id
  `.execute(db)
  return rows
}

/** Where a page of an account's lines begins and how long it is. */
export interface LinePageKey {
  readonly accountId: string
  readonly first: number
  readonly afterLineId: string | null
}

/** The ids of a page, oldest line first, and one more where another page follows. */
export async function readLineIdPage(db: Kysely<Tables>, page: LinePageKey, now: Date): Promise<string[]> {
  const { rows } = await sql<{ line_id: string }>`
    select line_id from account_line
    where account_id = ${page.accountId} and line_id > coalesce(${page.afterLineId}::uuid, ${FIRST_ID}::uuid)
      and (until is null or until > ${now})
    order by line_id
    limit ${page.first + 1}
  `.execute(db)
  return rows.map((row) => row.line_id)
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** The lines that have these telephone numbers now, in the order of the numbers. */
export async function readLineIdsByPhone(db: Kysely<Tables>, phones: readonly string[]): Promise<(string | null)[]> {
  const { rows } = await sql<{ msisdn: string; line_id: string }>`
    select msisdn, line_id from directory where msisdn = any(${phones}::text[])
  `.execute(db)
  const byPhone = new Map(rows.map((row) => [row.msisdn, row.line_id]))
  return phones.map((phone) => byPhone.get(phone) ?? null)
}
