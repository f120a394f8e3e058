import { type Kysely, sql } from 'kysely'

/** Throws when the database does not answer. */
export async function checkConnection<Tables>(db: Kysely<Tables>): Promise<void> {
  await sql`select 1`.execute(db)
}
