import { readdir, readFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import { roleName, type SubgraphName, schemaName } from '../subgraph/name.ts'

/** One subgraph's part of the database. */
export interface SubgraphMigration {
  readonly subgraph: SubgraphName
  /** The folder of numbered `.sql` files. */
  readonly directory: URL
  /** The password of its login role; null where the server trusts the connection (a socket of our own). */
  readonly password: string | null
}

/** What was done: the names of the migrations that ran now. */
export interface MigrationReport {
  readonly subgraph: SubgraphName
  readonly ran: readonly string[]
}

/**
 * Waits until no other process migrates this database, and keeps others waiting until `admin`, a pool of one
 * connection, is closed. The migrator's own lock does not cover roles, schemas and grants.
 */
export async function lockMigrations(admin: Kysely<unknown>): Promise<void> {
  await sql`select pg_advisory_lock(${MIGRATIONS_LOCK})`.execute(admin)
}

/** Any number, as long as all take the same. */
const MIGRATIONS_LOCK = 20_260_107

/**
 * Brings a subgraph's schema, login role and tables up to date. Forward only. `admin` owns the tables, so that the login role cannot alter them.
 */
export async function migrateSubgraph(admin: Kysely<unknown>, part: SubgraphMigration): Promise<MigrationReport> {
  const schema = schemaName(part.subgraph)
  await createRole(admin, roleName(part.subgraph), { password: part.password, searchPath: schema })
  await sql`create schema if not exists ${sql.ref(schema)}`.execute(admin)
  await grantSchema(admin, part.subgraph)
  const migrator = new Migrator({
    db: admin,
    provider: createProvider(part.directory, schema),
    migrationTableSchema: schema,
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error
  return { subgraph: part.subgraph, ran: results?.map((result) => result.migrationName) ?? [] }
}

/** Roles belong to the whole server, so another database of it may have made this one already. */
async function createRole(
  admin: Kysely<unknown>,
  role: string,
  { password, searchPath }: { readonly password: string | null; readonly searchPath: string },
): Promise<void> {
  const login = password === null ? sql`login` : sql`login password ${sql.lit(password)}`
  await sql`
    do ${sql.lit(`begin create role ${role}; exception when duplicate_object or unique_violation then null; end`)}
  `.execute(admin)
  await sql`alter role ${sql.ref(role)} ${login}`.execute(admin).catch(rethrowUnlessConcurrent)
  await sql`alter role ${sql.ref(role)} set search_path = ${sql.ref(searchPath)}`
    .execute(admin)
    .catch(rethrowUnlessConcurrent)
}

/** Two processes that set the same role to the same login at once: either is enough. */
function rethrowUnlessConcurrent(error: unknown): void {
  if (!/tuple concurrently updated/.test(String(error))) throw error
}

async function grantSchema(admin: Kysely<unknown>, subgraph: SubgraphName): Promise<void> {
  const role = sql.ref(roleName(subgraph))
  const schema = sql.ref(schemaName(subgraph))
  await sql`grant usage on schema ${schema} to ${role}`.execute(admin)
  await sql`alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${role}`.execute(
    admin,
  )
  await sql`alter default privileges in schema ${schema} grant usage on sequences to ${role}`.execute(admin)
}

/** Migrations are plain SQL, in the order of their file names. */
function createProvider(directory: URL, schema: string): MigrationProvider {
  return {
    async getMigrations() {
      const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort()
      const migrations = files.map(async (file): Promise<[string, Migration]> => {
        const text = await readFile(new URL(file, directory), 'utf8')
        return [file.slice(0, -'.sql'.length), { up: (db) => runScript(db, schema, text) }]
      })
      return Object.fromEntries(await Promise.all(migrations))
    },
  }
}

async function runScript(db: Kysely<unknown>, schema: string, text: string): Promise<void> {
  await sql`set local search_path = ${sql.ref(schema)}`.execute(db)
  await sql.raw(text).execute(db)
  await sql`set local search_path to default`.execute(db)
}
