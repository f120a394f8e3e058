import { sql, type Transaction } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { Tables } from './tables.ts'

/** A member of an organization and a month, by its first day. */
export interface MemberMonth {
  readonly organizationId: string
  readonly memberId: string
  readonly month: Day
}

/**
 * What a member has spent in a month, locked until the end of the transaction. Lock balances of lines before it: so
 * nobody waits in a circle.
 */
export async function lockMemberSpending(
  trx: Transaction<Tables>,
  { organizationId, memberId, month }: MemberMonth,
): Promise<bigint> {
  await sql`
    insert into member_spending (organization_id, member_id, month) values (${organizationId}, ${memberId}, ${month})
    on conflict do nothing
  `.execute(trx)
  const { rows } = await sql<{ spent: bigint }>`
    select spent from member_spending
    where organization_id = ${organizationId} and member_id = ${memberId} and month = ${month} for update
  `.execute(trx)
  return rows[0]?.spent ?? 0n
}

/** Counts what a member spends, or, below zero, what came back. */
export async function countMemberSpending(
  trx: Transaction<Tables>,
  { organizationId, memberId, month }: MemberMonth,
  kopecks: bigint,
): Promise<void> {
  await sql`
    update member_spending set spent = greatest(0, spent + ${kopecks})
    where organization_id = ${organizationId} and member_id = ${memberId} and month = ${month}
  `.execute(trx)
}
