import type pg from 'pg'
import type { LineAccessRow } from '../../platform/access/line-access-bulk.ts'
import type { Clock } from '../../platform/clock.ts'
import { inBulkTransaction, stageRows } from '../../platform/database/bulk.ts'
import type { NewId } from '../../platform/ids.ts'
import { type BulkUsage, loadUsage } from './bulk/usage.ts'

export const LINE_STATUSES = ['ACTIVE', 'BLOCKED', 'CLOSED'] as const

export interface BulkLine {
  readonly msisdn: string
  readonly ownerAccountId: string
  readonly region: string
  readonly status: (typeof LINE_STATUSES)[number]
  /** `YYYY-MM-DD`. */
  readonly activatedOn: string
  /** The owner's own name for the line. */
  readonly alias: string | null
}

/** What became of a line: new now, there before, or a number that another account has. */
export interface BulkLineOutcome {
  readonly kind: 'added' | 'present' | 'taken'
  readonly lineId: string
}

export interface BulkAccess {
  readonly lineId: string
  readonly accountId: string
  readonly rights: number
  /** RFC 3339; null when the rights do not end by themselves. */
  readonly until: string | null
  readonly alias: string | null
}

/** How many were new, and the rights of all as they are now: what the other subgraphs must know. */
export interface BulkAccessOutcome {
  readonly added: number
  readonly current: readonly LineAccessRow[]
}

/** Loads lines by the thousand. Every method can be run again with the same rows and then changes nothing. */
export interface LinkedNumbersBulk {
  /** Answers in the order of the lines; no number may occur twice among them. */
  loadLines(lines: readonly BulkLine[]): Promise<BulkLineOutcome[]>
  /** Gives rights to accounts that have, and had, none on the line; the others keep theirs. */
  loadAccess(access: readonly BulkAccess[]): Promise<BulkAccessOutcome>
  /** Adds usage records whose external id the line does not have yet. Returns how many were new. */
  loadUsage(usage: readonly BulkUsage[]): Promise<number>
  /** The ids of lines by telephone number; those that do not exist are left out. */
  findLineIds(msisdns: readonly string[]): Promise<Map<string, string>>
  findOwnerIds(lineIds: readonly string[]): Promise<Map<string, string>>
}

interface Dependencies {
  readonly pool: pg.Pool
  readonly newId: NewId
  readonly clock: Clock
}

export function createLinkedNumbersBulk({ pool, newId, clock }: Dependencies): LinkedNumbersBulk {
  return {
    loadLines: (lines) => inBulkTransaction(pool, (client) => loadLines(client, newId, lines)),
    loadAccess: (access) => inBulkTransaction(pool, (client) => loadAccess(client, { newId, clock }, access)),
    loadUsage: (usage) => inBulkTransaction(pool, (client) => loadUsage(client, newId, usage)),
    findLineIds: (msisdns) =>
      inBulkTransaction(pool, (client) =>
        findPairs(
          client,
          'select msisdn, line_id from linked_numbers.directory where msisdn = any($1::text[])',
          msisdns,
        ),
      ),
    findOwnerIds: (lineIds) =>
      inBulkTransaction(pool, (client) =>
        findPairs(client, 'select id, owner_account_id from linked_numbers.line where id = any($1::uuid[])', lineIds),
      ),
  }
}

async function loadLines(client: pg.ClientBase, newId: NewId, lines: readonly BulkLine[]): Promise<BulkLineOutcome[]> {
  const lineIds = lines.map(() => newId())
  await stageRows(
    client,
    'staged_line',
    {
      id: 'uuid',
      msisdn: 'text',
      owner_account_id: 'uuid',
      region: 'text',
      status: 'text',
      activated_on: 'date',
      alias: 'text',
    },
    lines.map((line, index) => [
      lineIds[index] ?? null,
      line.msisdn,
      line.ownerAccountId,
      line.region,
      line.status,
      line.activatedOn,
      line.alias,
    ]),
  )
  const { rows } = await client.query<{ added: string[] }>(ADD_LINES)
  const added = new Set(rows[0]?.added)
  const others = lines.filter((_, index) => !added.has(lineIds[index] ?? ''))
  const known = await findKnownLines(client, others)
  return lines.map((line, index) => {
    const lineId = lineIds[index] ?? ''
    if (added.has(lineId)) return { kind: 'added', lineId }
    const existing = known.get(line.msisdn)
    return {
      kind: existing?.ownerAccountId === line.ownerAccountId ? 'present' : 'taken',
      lineId: existing?.lineId ?? '',
    }
  })
}

/** Whoever writes the directory first has the number; the rest of the line is added only by that one. */
const ADD_LINES = `
  with added as (
    insert into linked_numbers.directory (msisdn, line_id)
    select msisdn, id from pg_temp.staged_line order by msisdn
    on conflict do nothing
    returning line_id
  ), added_line as (
    insert into linked_numbers.line (id, msisdn, owner_account_id, region, status, activated_on)
    select id, msisdn, owner_account_id, region, status, activated_on
    from pg_temp.staged_line join added on added.line_id = id
  ), added_access as (
    insert into linked_numbers.line_access (line_id, account_id, rights)
    select id, owner_account_id, 15 from pg_temp.staged_line join added on added.line_id = id
  ), added_to_account as (
    insert into linked_numbers.account_line (account_id, line_id, alias)
    select owner_account_id, id, alias from pg_temp.staged_line join added on added.line_id = id
  )
  select coalesce(array_agg(line_id::text), '{}') as added from added
`

async function findKnownLines(
  client: pg.ClientBase,
  lines: readonly BulkLine[],
): Promise<Map<string, { lineId: string; ownerAccountId: string }>> {
  if (lines.length === 0) return new Map()
  const { rows } = await client.query<{ msisdn: string; line_id: string; owner_account_id: string }>(
    `select directory.msisdn, directory.line_id, line.owner_account_id
     from linked_numbers.directory join linked_numbers.line on line.id = directory.line_id
     where directory.msisdn = any($1::text[])`,
    [lines.map((line) => line.msisdn)],
  )
  return new Map(rows.map((row) => [row.msisdn, { lineId: row.line_id, ownerAccountId: row.owner_account_id }]))
}

async function loadAccess(
  client: pg.ClientBase,
  { newId, clock }: Omit<Dependencies, 'pool'>,
  access: readonly BulkAccess[],
): Promise<BulkAccessOutcome> {
  await stageRows(
    client,
    'staged_access',
    {
      line_id: 'uuid',
      account_id: 'uuid',
      rights: 'smallint',
      until: 'timestamptz',
      alias: 'text',
      audit_id: 'uuid',
    },
    access.map(({ lineId, accountId, rights, until, alias }) => [lineId, accountId, rights, until, alias, newId()]),
  )
  const { rowCount } = await client.query(ADD_ACCESS, [clock.now()])
  const { rows } = await client.query<LineAccessRow>(`
    select access.line_id as "lineId", access.account_id as "accountId", access.rights,
      to_char(access.until, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as until, access.version
    from pg_temp.staged_access join linked_numbers.line_access as access using (line_id, account_id)
  `)
  return { added: rowCount ?? 0, current: rows }
}

/** Ends with the insert that counts: one audit row for each right that was really given. */
const ADD_ACCESS = `
  with added as (
    insert into linked_numbers.line_access (line_id, account_id, rights, until)
    select line_id, account_id, rights, until from pg_temp.staged_access order by line_id, account_id
    on conflict do nothing
    returning line_id, account_id
  ), added_to_account as (
    insert into linked_numbers.account_line (account_id, line_id, until, alias)
    select account_id, line_id, until, alias
    from pg_temp.staged_access join added using (line_id, account_id)
    on conflict do nothing
  )
  insert into linked_numbers.access_audit (line_id, id, account_id, rights, until, changed_by, changed_at)
  select line_id, audit_id, account_id, rights, until, 'import', $1::timestamptz
  from pg_temp.staged_access join added using (line_id, account_id)
`

async function findPairs(client: pg.ClientBase, text: string, keys: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<[string, string]>({ text, values: [keys], rowMode: 'array' })
  return new Map(rows)
}
