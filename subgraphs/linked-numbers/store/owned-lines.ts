import { sql } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'

export interface OwnedLinePage {
  readonly first: number
  /** The last id of the page before. */
  readonly after: string | null
}

export interface OwnedLineRow {
  readonly id: string
  readonly msisdn: string | null
  readonly activatedOn: string
}

const OWNED_LINES = prepareStatement<OwnedLinePage & { readonly accountId: string }, OwnedLineRow>(
  'owned-lines',
  ({ accountId, first, after }) => sql`
    select line.id, directory.msisdn, line.activated_on as "activatedOn"
    from account_line
    join line on line.id = account_line.line_id and line.owner_account_id = account_line.account_id
    left join directory on directory.msisdn = line.msisdn and directory.line_id = line.id
    where account_line.account_id = ${accountId}::uuid
      and (${after}::uuid is null or account_line.line_id > ${after}::uuid)
    order by account_line.line_id
    limit ${first}::int
  `,
)

/** The lines that an account owns, not those that it was given rights on. */
export function readOwnedLines(reader: Reader, accountId: string, page: OwnedLinePage): Promise<OwnedLineRow[]> {
  return reader.read(OWNED_LINES, { accountId, ...page })
}
