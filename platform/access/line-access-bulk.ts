import type pg from 'pg'
import { stageRows } from '../database/bulk.ts'

/** The rights of an account on a line at a version, as linked-numbers has them. */
export interface LineAccessRow {
  readonly lineId: string
  readonly accountId: string
  readonly rights: number
  /** RFC 3339; null when the rights do not end by themselves. */
  readonly until: string | null
  readonly version: bigint
}

/** Brings a subgraph's copy of the rights up to these, many at once; an older version never replaces a newer one. */
export async function putLineAccess(
  client: pg.ClientBase,
  schema: string,
  rows: readonly LineAccessRow[],
): Promise<void> {
  await stageRows(
    client,
    'staged_line_access',
    { line_id: 'uuid', account_id: 'uuid', rights: 'smallint', until: 'timestamptz', version: 'bigint' },
    rows.map(({ lineId, accountId, rights, until, version }) => [lineId, accountId, rights, until, version]),
  )
  await client.query(`
    insert into ${schema}.line_access as known (line_id, account_id, rights, until, version)
    select line_id, account_id, rights, until, version from pg_temp.staged_line_access order by line_id, account_id
    on conflict (line_id, account_id) do update
      set rights = excluded.rights, until = excluded.until, version = excluded.version
      where known.version < excluded.version
  `)
}

/** As SQL: the owners' rights on lines that are new, from a staging table with `line_id` and `account_id`. */
export function addOwners(schema: string, staging: string): string {
  return `
    insert into ${schema}.line_access (line_id, account_id, rights, version)
    select line_id, account_id, 15, 1 from pg_temp.${staging} order by line_id
    on conflict do nothing
  `
}
