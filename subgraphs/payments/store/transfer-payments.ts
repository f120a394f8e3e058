import type { Kysely, Transaction } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { MemberMonth } from './member-spending.ts'
import type { PaymentStatus, Tables } from './tables.ts'

/** What the payment of a transfer has of its own, on the line that pays. */
export interface SentDetails {
  /** The receiver's number as the sender sees it. */
  readonly to: string
  /** On which day, and of which member's month, it was counted: what comes back is taken off there. */
  readonly day: Day
  readonly member: MemberMonth | null
  /** Of the policy `transfer.feeKopecks`. */
  readonly feeVersion: number
}

/** A transfer on the line that pays; kopecks. */
export interface SentTransfer {
  readonly status: PaymentStatus
  readonly amount: bigint
  readonly fee: bigint
  readonly details: SentDetails
}

/** Null when there is none. It stays as it is until the end of the transaction when the line's balance is locked. */
export async function findSentTransfer(
  db: Kysely<Tables> | Transaction<Tables>,
  { lineId, id }: { readonly lineId: string; readonly id: string },
): Promise<SentTransfer | null> {
  const row = await db
    .selectFrom('payment')
    .select(['status', 'amount', 'fee', 'details'])
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .where('kind', '=', 'TRANSFER_OUT')
    .executeTakeFirst()
  return row ? { ...row, details: row.details as SentDetails } : null
}
