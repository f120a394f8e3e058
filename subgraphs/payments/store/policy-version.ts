import { sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** The version of a policy that holds at a moment: what a posting by it names as its cause. */
export async function findPolicyVersion(trx: Transaction<Tables>, name: string, now: Date): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select max(version) as version from policy where name = ${name} and valid_from <= ${now}
  `.execute(trx)
  return rows[0]?.version ?? 1
}
