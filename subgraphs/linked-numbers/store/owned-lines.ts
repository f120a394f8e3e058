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
  readonly isBlocked: boolean
}

const OWNED_LINES = prepareStatement<OwnedLinePage & { readonly accountId: string }, OwnedLineRow>(
  'owned-lines',
  ({ accountId, first, after }) => sql`
    select line.id, directory.msisdn, line.activated_on as "activatedOn", line.status = 'BLOCKED' as "isBlocked"
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

const LINES_IN_SERVICE = prepareStatement<{ readonly lineIds: readonly string[] }, OwnedLineRow>(
  'lines-in-service',
  ({ lineIds }) => sql`
    select line.id, directory.msisdn, line.activated_on as "activatedOn", line.status = 'BLOCKED' as "isBlocked"
    from line
    left join directory on directory.msisdn = line.msisdn and directory.line_id = line.id
    where line.id = any(${lineIds}::uuid[]) and line.status <> 'CLOSED'
  `,
)

/** These lines, in the order of the ids; null for one that there is not, or that is closed. */
export async function readLinesInService(reader: Reader, lineIds: readonly string[]): Promise<(OwnedLineRow | null)[]> {
  const rows = await reader.read(LINES_IN_SERVICE, { lineIds })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return lineIds.map((id) => byId.get(id) ?? null)
}
