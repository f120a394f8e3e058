import { type Kysely, sql, type Transaction } from 'kysely'

/** One version of a policy: it counts from its moment on, until a higher one does. */
export interface PolicyVersion {
  readonly name: string
  readonly version: number
  readonly value: unknown
  readonly validFrom: Date
}

/** A policy of a subgraph as it is now; `coming` are versions that have not begun. */
export interface PolicyState {
  readonly current: PolicyVersion | null
  readonly coming: readonly PolicyVersion[]
}

/** All policies of a subgraph's database schema, by name. */
export async function readPolicyStates(
  db: Kysely<unknown>,
  databaseSchema: string,
  now: Date,
): Promise<Map<string, PolicyState>> {
  const { rows } = await sql<PolicyVersion>`
    select name, version, value, valid_from as "validFrom" from ${sql.table(`${databaseSchema}.policy`)}
    order by name, version
  `.execute(db)
  return new Map([...Map.groupBy(rows, ({ name }) => name)].map(([name, versions]) => [name, toState(versions, now)]))
}

/** A version with a lower number than one that counts already never will. */
function toState(versions: readonly PolicyVersion[], now: Date): PolicyState {
  const current = versions.findLast(({ validFrom }) => validFrom <= now) ?? null
  const coming = versions.filter(({ version, validFrom }) => validFrom > now && version > (current?.version ?? 0))
  return { current, coming }
}

/** Writes the next version of a policy. Of two who do so at once the second waits for the first. */
export async function addPolicyVersion(
  trx: Transaction<unknown>,
  databaseSchema: string,
  { name, value, validFrom }: Omit<PolicyVersion, 'version'>,
): Promise<number> {
  const table = sql.table(`${databaseSchema}.policy`)
  await sql`lock table ${table} in share row exclusive mode`.execute(trx)
  const { rows } = await sql<{ version: number }>`
    insert into ${table} (name, version, value, valid_from)
    select ${name}, coalesce(max(version), 0) + 1, ${JSON.stringify(value)}::jsonb, ${validFrom}
    from ${table} where name = ${name}
    returning version
  `.execute(trx)
  return rows[0]?.version ?? 0
}
