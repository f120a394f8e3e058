import type { Transaction } from 'kysely'
import type { CardPaymentRow } from '../../store/card-payments.ts'
import { countMemberSpending, type MemberMonth } from '../../store/member-spending.ts'
import type { Tables } from '../../store/tables.ts'
import { type Allowance, memberOf } from '../allowance.ts'

/** What a payment by a saved card keeps of who began it: of which member's month it is; null where it is their own. */
export interface MemberShare {
  readonly member: MemberMonth | null
}

export function shareOf(allowance: Allowance): MemberShare {
  return { member: memberOf(allowance) }
}

/** Counts what a payment takes of its member's month, or, below zero, what came back of it. */
export async function countForMember(
  trx: Transaction<Tables>,
  { details }: Pick<CardPaymentRow, 'details'>,
  kopecks: bigint,
): Promise<void> {
  const { member } = details as Partial<MemberShare>
  if (member) await countMemberSpending(trx, member, kopecks)
}
