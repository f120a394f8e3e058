import { sql, type Transaction } from 'kysely'
import type { Grant } from '../../../platform/access/grant.ts'
import { LINE_RIGHTS } from '../../../platform/access/rights.ts'
import type { Tables } from './tables.ts'

/** Whether the grant gives the viewer anything on the line: to be asked in the transaction of what is done. */
export async function isAllowed(
  trx: Transaction<Tables>,
  lineId: string,
  { accountId, rights }: Grant,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    select from line_access
    where line_id = ${lineId} and account_id = ${accountId} and rights & ${rights} <> 0
      and (until is null or until > ${now})
  `.execute(trx)
  return rows.length > 0
}

/** Whether an account may see what a line has: whoever may only pay for it may not. Each role lets its holder see. */
export async function mayView(
  trx: Transaction<Tables>,
  lineId: string,
  accountId: string,
  now: Date,
): Promise<boolean> {
  return isAllowed(trx, lineId, { accountId, rights: LINE_RIGHTS.VIEW }, now)
}

/** The account that owns a line; null when payments do not know the line. */
export async function findOwner(trx: Transaction<Tables>, lineId: string): Promise<string | null> {
  const { rows } = await sql<{ account_id: string }>`
    select account_id from line_access where line_id = ${lineId} and rights & 8 <> 0 limit 1
  `.execute(trx)
  return rows[0]?.account_id ?? null
}
