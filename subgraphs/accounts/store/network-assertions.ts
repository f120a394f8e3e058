import { sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** Longer than any assertion is believed, clocks that differ included. */
const KEPT_MS = 10 * 60_000
const CLEARED_MAX = 10

/** Uses the assertion up. False when it was used before. */
export async function useNetworkAssertion(trx: Transaction<Tables>, jti: string, now: Date): Promise<boolean> {
  await sql`
    delete from network_assertion where jti in (
      select jti from network_assertion where used_at < ${new Date(now.getTime() - KEPT_MS)}
      order by used_at limit ${CLEARED_MAX} for update skip locked
    )
  `.execute(trx)
  const { numAffectedRows } = await sql`
    insert into network_assertion (jti, used_at) values (${jti}, ${now}) on conflict do nothing
  `.execute(trx)
  return numAffectedRows === 1n
}
