import type { Transaction } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { AccountPrincipal } from '../../../platform/identity/viewer.ts'
import { countMemberSpending, lockMemberSpending, type MemberMonth } from '../store/member-spending.ts'
import type { Tables } from '../store/tables.ts'
import type { ActionDependencies } from './actions.ts'
import { orUnavailable } from './line-in-service.ts'

/** What whoever acts may spend of the account's money. */
export type Allowance =
  /** All of it: it is their own. */
  | { readonly kind: 'own' }
  /** So many kopecks a month of the organization's; null without a limit. */
  | { readonly kind: 'member'; readonly member: MemberMonth; readonly limit: bigint | null }
  /** Nothing: they are no member any more, or one who only looks. */
  | { readonly kind: 'none' }

const MEMBER_LIMIT = `query ($organizationId: ID!, $memberId: ID!) {
  memberLimit(organizationId: $organizationId, memberId: $memberId) { role monthlyLimitKopecks }
}`

/** Throws the retryable `SUBGRAPH_UNAVAILABLE` when accounts do not answer. */
export async function findAllowance(
  dependencies: Pick<ActionDependencies, 'ask'>,
  { organizationRole, accountId: organizationId, personId: memberId }: AccountPrincipal,
  month: Day,
): Promise<Allowance> {
  if (organizationRole === null) return { kind: 'own' }
  return findMemberAllowance(dependencies, { organizationId, memberId, month })
}

/** Asks accounts, who decide on members. Throws the retryable `SUBGRAPH_UNAVAILABLE` when they do not answer. */
export async function findMemberAllowance(
  { ask }: Pick<ActionDependencies, 'ask'>,
  { organizationId, memberId, month }: MemberMonth,
): Promise<Allowance> {
  const answer = await orUnavailable(ask.accounts({ query: MEMBER_LIMIT, variables: { organizationId, memberId } }))
  const found = answer['memberLimit'] as { role: string; monthlyLimitKopecks: string | null } | null
  if (found === null || found.role === 'USER') return { kind: 'none' }
  const limit = found.monthlyLimitKopecks === null ? null : BigInt(found.monthlyLimitKopecks)
  return { kind: 'member', member: { organizationId, memberId, month }, limit }
}

/**
 * What is left of an allowance in kopecks, and stays so until the end of the transaction; null without a limit. After
 * the lock of the line's balance.
 */
export async function lockAllowance(trx: Transaction<Tables>, allowance: Allowance): Promise<bigint | null> {
  if (allowance.kind !== 'member') return null
  const spent = await lockMemberSpending(trx, allowance.member)
  return allowance.limit === null ? null : allowance.limit - spent
}

/** Of which member's month what is spent is; null where it is their own. */
export function memberOf(allowance: Allowance): MemberMonth | null {
  return allowance.kind === 'member' ? allowance.member : null
}

/** Counts what is spent of it, limit or not: a limit that is set later counts from the month's first day too. */
export async function spendAllowance(trx: Transaction<Tables>, allowance: Allowance, kopecks: bigint): Promise<void> {
  if (allowance.kind === 'member') await countMemberSpending(trx, allowance.member, kopecks)
}
