import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Until when the account's credentials may not be changed, after a change of a SIM; null when they may. */
export async function findCredentialHold(db: Kysely<Tables>, accountId: string, now: Date): Promise<Date | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select max(until) as until from credential_hold where account_id = ${accountId} and until > ${now}
  `.execute(db)
  return rows[0]?.until ?? null
}
