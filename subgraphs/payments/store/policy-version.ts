import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Which version of a policy counts at a moment: for whoever asks later why an amount is what it is. */
export async function findPolicyVersion(db: Kysely<Tables>, name: string, now: Date): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select max(version) as version from policy where name = ${name} and valid_from <= ${now}
  `.execute(db)
  return rows[0]?.version ?? 1
}
