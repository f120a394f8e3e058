import { sql, type Transaction } from 'kysely'
import type { Grant } from '../../../platform/access/grant.ts'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Tables } from './tables.ts'

/** One account's rights on a line. `id` is the account's; null when the line has nobody. */
export interface AccessRow {
  readonly key: number
  readonly id: string | null
  readonly rights: number
  readonly until: Date | null
}

const ACCESS_LISTS = prepareStatement<LineKeyValues, AccessRow>(
  'access-lists',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, access.account_id as id, access.rights, access.until
    from allowed
    left join line_access as access on access.line_id = allowed.line_id and access.rights <> 0
      and (access.until is null or access.until > ${values.now}::timestamptz)
    order by allowed.key, access.rights & 8 desc, access.account_id
  `,
)

/** Everyone who has rights on the lines, owners first. */
export function readAccessLists(reader: Reader, keys: readonly LineKey[], now: Date): Promise<AccessRow[]> {
  return reader.read(ACCESS_LISTS, toLineKeyValues(keys, now))
}

/**
 * Takes the line for a change of its rights: holds the viewer's own row until the end of the transaction, so that
 * changes of one line follow one another. Null when the grant gives the viewer nothing on the line.
 */
export async function lockAccess(
  trx: Transaction<Tables>,
  lineId: string,
  { accountId, rights }: Grant,
  now: Date,
): Promise<{ accountId: string; rights: number } | null> {
  const { rows } = await sql<{ account_id: string; rights: number }>`
    select account_id, rights from line_access
    where line_id = ${lineId} and account_id = ${accountId} and rights & ${rights} <> 0
      and (until is null or until > ${now})
    for update
  `.execute(trx)
  const row = rows[0]
  return row ? { accountId: row.account_id, rights: row.rights } : null
}

/** The account that owns the line which has this telephone number now; null when nobody has it. */
export async function findOwnerByPhone(trx: Transaction<Tables>, phone: string): Promise<string | null> {
  const row = await trx
    .selectFrom('directory')
    .innerJoin('line', 'line.id', 'directory.line_id')
    .select('line.owner_account_id')
    .where('directory.msisdn', '=', phone)
    .executeTakeFirst()
  return row?.owner_account_id ?? null
}

/** The account that owns the line; null when there is no such line. */
export async function findOwner(trx: Transaction<Tables>, lineId: string): Promise<string | null> {
  const row = await trx.selectFrom('line').select('owner_account_id').where('id', '=', lineId).executeTakeFirst()
  return row?.owner_account_id ?? null
}

/** A change of one account's rights on a line: 0 takes them away. */
export interface AccessChange {
  readonly lineId: string
  readonly accountId: string
  readonly rights: number
  readonly until: Date | null
}

/** Gives rights, in place of what was given before. Returns the new version; null when the account owns the line. */
export async function putAccess(trx: Transaction<Tables>, change: AccessChange): Promise<bigint | null> {
  const { rows } = await sql<{ version: bigint }>`
    insert into line_access as known (line_id, account_id, rights, until)
    values (${change.lineId}, ${change.accountId}, ${change.rights}, ${change.until})
    on conflict (line_id, account_id) do update
      set rights = excluded.rights, until = excluded.until, version = known.version + 1
      where known.rights & 8 = 0
    returning version
  `.execute(trx)
  return rows[0]?.version ?? null
}

/** Takes away what there is. Returns the new version; null when there is nothing to take. */
export async function removeAccess(
  trx: Transaction<Tables>,
  lineId: string,
  accountId: string,
): Promise<bigint | null> {
  const { rows } = await sql<{ version: bigint }>`
    update line_access set rights = 0, until = null, version = version + 1
    where line_id = ${lineId} and account_id = ${accountId} and rights <> 0 and rights & 8 = 0
    returning version
  `.execute(trx)
  return rows[0]?.version ?? null
}

/** Keeps the account's own list of lines in step with its rights. */
export async function listLine(trx: Transaction<Tables>, change: AccessChange): Promise<void> {
  if (change.rights === 0) {
    await sql`
      delete from account_line where account_id = ${change.accountId} and line_id = ${change.lineId}
    `.execute(trx)
    return
  }
  await sql`
    insert into account_line (account_id, line_id, until)
    values (${change.accountId}, ${change.lineId}, ${change.until})
    on conflict (account_id, line_id) do update set until = excluded.until
  `.execute(trx)
}

/** Writes down who changed what, for whoever asks later. */
export async function auditAccess(
  trx: Transaction<Tables>,
  change: AccessChange,
  audit: { readonly id: string; readonly changedBy: string; readonly changedAt: Date },
): Promise<void> {
  await sql`
    insert into access_audit (line_id, id, account_id, rights, until, changed_by, changed_at)
    values (${change.lineId}, ${audit.id}, ${change.accountId}, ${change.rights}, ${change.until},
      ${audit.changedBy}, ${audit.changedAt})
  `.execute(trx)
}
