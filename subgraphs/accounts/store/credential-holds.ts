import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** Until when the account's credentials may not be changed, after a change of a SIM; null when they may. */
export async function findCredentialHold(db: Kysely<Tables>, accountId: string, now: Date): Promise<Date | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select max(until) as until from credential_hold where account_id = ${accountId} and until > ${now}
  `.execute(db)
  return rows[0]?.until ?? null
}

export interface CredentialHold {
  readonly accountId: string
  readonly lineId: string
  readonly changedAt: Date
  readonly until: Date
}

/** Writes a hold down; false when this change of the SIM, or a later one, is written already. */
export async function holdCredentials(trx: Transaction<Tables>, hold: CredentialHold): Promise<boolean> {
  const { rows } = await sql`
    insert into credential_hold as known (account_id, line_id, changed_at, until)
    values (${hold.accountId}, ${hold.lineId}, ${hold.changedAt}, ${hold.until})
    on conflict (account_id, line_id) do update set changed_at = excluded.changed_at, until = excluded.until
      where known.changed_at < excluded.changed_at
    returning line_id
  `.execute(trx)
  return rows.length > 0
}
