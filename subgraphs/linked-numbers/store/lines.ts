import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { LineStatus } from './tables.ts'

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

const LINES = prepareStatement<LineKeyValues, LineRow>(
  'lines',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, line.id, line.msisdn, account_line.alias, line.region, line.status, line.activated_on,
      allowed.rights
    from allowed
    join line on line.id = allowed.line_id
    left join account_line on account_line.account_id = allowed.account_id and account_line.line_id = line.id
  `,
)

export function readLines(reader: Reader, keys: readonly LineKey[], now: Date): Promise<LineRow[]> {
  return reader.read(LINES, toLineKeyValues(keys, now))
}

/** Where a page of an account's lines begins and how long it is. */
export interface LinePageKey {
  readonly accountId: string
  readonly first: number
  readonly afterLineId: string | null
}

interface LinePageValues {
  readonly accountIds: readonly string[]
  readonly sizes: readonly number[]
  readonly after: readonly string[]
  readonly now: Date
}

const LINE_ID_PAGES = prepareStatement<LinePageValues, { readonly key: number; readonly line_id: string }>(
  'line-id-pages',
  ({ accountIds, sizes, after, now }) => sql`
    select asked.key::int as key, page.line_id
    from unnest(${accountIds}::uuid[], ${sizes}::int[], ${after}::uuid[])
      with ordinality as asked (account_id, size, after, key)
    cross join lateral (
      select line_id from account_line
      where account_id = asked.account_id and line_id > asked.after and (until is null or until > ${now}::timestamptz)
      order by line_id
      limit asked.size
    ) as page
    order by asked.key, page.line_id
  `,
)

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** The ids of each page, oldest line first, and one more where another page follows. */
export async function readLineIdPages(reader: Reader, pages: readonly LinePageKey[], now: Date): Promise<string[][]> {
  const rows = await reader.read(LINE_ID_PAGES, {
    accountIds: pages.map((page) => page.accountId),
    sizes: pages.map((page) => page.first + 1),
    after: pages.map((page) => page.afterLineId ?? FIRST_ID),
    now,
  })
  const ids = pages.map((): string[] => [])
  for (const row of rows) ids[row.key - 1]?.push(row.line_id)
  return ids
}

const LINE_IDS_BY_PHONE = prepareStatement<
  { readonly phones: readonly string[] },
  { readonly msisdn: string; readonly line_id: string }
>('line-ids-by-phone', ({ phones }) => sql`select msisdn, line_id from directory where msisdn = any(${phones}::text[])`)

/** The lines that have these telephone numbers now, in the order of the numbers. */
export async function readLineIdsByPhone(reader: Reader, phones: readonly string[]): Promise<(string | null)[]> {
  const rows = await reader.read(LINE_IDS_BY_PHONE, { phones })
  const byPhone = new Map(rows.map((row) => [row.msisdn, row.line_id]))
  return phones.map((phone) => byPhone.get(phone) ?? null)
}
