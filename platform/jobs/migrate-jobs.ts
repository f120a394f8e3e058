import { type Kysely, sql } from 'kysely'
import { getConstructionPlans, getMigrationPlans } from 'pg-boss'
import { invariant } from '../invariant.ts'
import { roleName, type SubgraphName, schemaName } from '../subgraph/name.ts'

/** The database schema of a subgraph's jobs, beside its own. */
export function jobsSchema(subgraph: SubgraphName): string {
  return `${schemaName(subgraph)}_jobs`
}

/**
 * Makes the tables of a subgraph's jobs, or brings them to the version of the library. `admin` owns them, so that the
 * login role reads and writes rows and nothing else. Call it under the lock of the migrations, over one connection.
 */
export async function migrateJobs(admin: Kysely<unknown>, subgraph: SubgraphName): Promise<void> {
  const schema = jobsSchema(subgraph)
  const version = await installedVersion(admin, schema)
  const construction = getConstructionPlans(schema)
  if (version === null) await sql.raw(construction).execute(admin)
  // The library has no plan for what is up to date.
  else if (version !== versionOf(construction)) await sql.raw(getMigrationPlans(schema, version)).execute(admin)
  await grantJobs(admin, schema, roleName(subgraph))
}

/** The version that a construction ends with. */
function versionOf(construction: string): number {
  const version = /INSERT INTO \S+version\s*\(version\)\s*VALUES\s*\('?(\d+)'?\)/i.exec(construction)?.[1]
  invariant(version, 'the construction of the job tables says which version they are')
  return Number(version)
}

async function installedVersion(admin: Kysely<unknown>, schema: string): Promise<number | null> {
  const { rows } = await sql<{ is_there: boolean }>`
    select to_regclass(${`${schema}.version`}) is not null as is_there
  `.execute(admin)
  if (!rows[0]?.is_there) return null
  const installed = await sql<{ version: number }>`select version from ${sql.ref(schema)}.version`.execute(admin)
  return installed.rows[0]?.version ?? null
}

async function grantJobs(admin: Kysely<unknown>, schema: string, role: string): Promise<void> {
  const [to, within] = [sql.ref(role), sql.ref(schema)]
  await sql`grant usage on schema ${within} to ${to}`.execute(admin)
  await sql`grant select, insert, update, delete on all tables in schema ${within} to ${to}`.execute(admin)
  await sql`grant execute on all functions in schema ${within} to ${to}`.execute(admin)
}
