import { sql, type Transaction } from 'kysely'
import type { Grant } from '../../../platform/access/grant.ts'
import { LINE_RIGHTS, rightsOfRole } from '../../../platform/access/rights.ts'
import type { AccountPrincipal } from '../../../platform/identity/viewer.ts'
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

/** All that a customer may do with a line, as bits: what their account may, as far as their role in it goes. */
export async function findRights(
  trx: Transaction<Tables>,
  lineId: string,
  { accountId, organizationRole }: Pick<AccountPrincipal, 'accountId' | 'organizationRole'>,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ rights: number }>`
    select rights from line_access
    where line_id = ${lineId} and account_id = ${accountId} and (until is null or until > ${now})
  `.execute(trx)
  return (rows[0]?.rights ?? 0) & rightsOfRole(organizationRole)
}

/** The account that owns a line; null when payments do not know the line. */
export async function findOwner(trx: Transaction<Tables>, lineId: string): Promise<string | null> {
  const { rows } = await sql<{ account_id: string }>`
    select account_id from line_access where line_id = ${lineId} and rights & 8 <> 0 limit 1
  `.execute(trx)
  return rows[0]?.account_id ?? null
}
