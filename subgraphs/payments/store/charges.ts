import { sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { LedgerKind } from '../ledger/kinds.ts'
import type { Cause } from '../ledger/posting.ts'
import type { Tables } from './tables.ts'

/** What was taken of a subscriber for one cause. */
export interface PostedCharge {
  readonly kind: LedgerKind
  readonly amount: bigint
  readonly cause: Cause
}

interface ChargeRow {
  readonly kind: LedgerKind
  readonly amount: bigint
  readonly order_id: string | null
  readonly consent_id: string | null
  readonly policy_name: string | null
  readonly policy_version: number | null
  readonly details: Pick<Cause, 'title'>
}

const CHARGE = prepareStatement<{ readonly lineId: string; readonly sourceKey: string }, ChargeRow>(
  'charge',
  ({ lineId, sourceKey }) => sql`
    select cause.kind, cause.order_id, cause.consent_id, cause.policy_name, cause.policy_version, cause.details,
      (
        select sum(amount)::bigint from ledger_entry as entry
        where entry.line_id = cause.line_id and entry.transaction_id = cause.id and entry.debit_account = 'CUSTOMER'
      ) as amount
    from ledger_transaction as cause where cause.line_id = ${lineId} and cause.source_key = ${sourceKey}
  `,
)

/** Under `lockBalance` it stays so until the end of the transaction. */
export async function findCharge(
  trx: Transaction<Tables>,
  { lineId, sourceKey }: { readonly lineId: string; readonly sourceKey: string },
): Promise<PostedCharge | null> {
  const [row] = await runPrepared(trx, CHARGE, { lineId, sourceKey })
  return row ? { kind: row.kind, amount: row.amount, cause: toCause(row) } : null
}

function toCause(row: ChargeRow): Cause {
  return {
    ...(row.details.title && { title: row.details.title }),
    ...(row.order_id !== null && { orderId: row.order_id }),
    ...(row.consent_id !== null && { consentId: row.consent_id }),
    ...(row.policy_name !== null &&
      row.policy_version !== null && { policy: { name: row.policy_name, version: row.policy_version } }),
  }
}
