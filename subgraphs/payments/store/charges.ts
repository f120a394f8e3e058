import { sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { LedgerKind } from '../ledger/kinds.ts'
import type { Cause, CauseDetails } from '../ledger/posting.ts'
import type { Tables } from './tables.ts'

/** What was taken of a subscriber for one cause. */
export interface PostedCharge {
  readonly kind: LedgerKind
  readonly amount: bigint
  readonly cause: Cause
}

/** Names a cause among all of all lines. */
export interface SourceKey {
  readonly lineId: string
  readonly sourceKey: string
}

interface ChargeRow {
  readonly place: number
  readonly kind: LedgerKind
  readonly amount: bigint
  readonly order_id: string | null
  readonly consent_id: string | null
  readonly policy_name: string | null
  readonly policy_version: number | null
  readonly details: CauseDetails
}

const CHARGES = prepareStatement<
  { readonly lineIds: readonly string[]; readonly sourceKeys: readonly string[] },
  ChargeRow
>(
  'charges',
  ({ lineIds, sourceKeys }) => sql`
    select wanted.place::int, cause.kind, cause.order_id, cause.consent_id, cause.policy_name, cause.policy_version,
      cause.details,
      (
        select sum(amount)::bigint from ledger_entry as entry
        where entry.line_id = cause.line_id and entry.transaction_id = cause.id and entry.debit_account = 'CUSTOMER'
      ) as amount
    from unnest(${lineIds}::uuid[], ${sourceKeys}::text[]) with ordinality as wanted (line_id, source_key, place)
    join ledger_transaction as cause on cause.line_id = wanted.line_id and cause.source_key = wanted.source_key
  `,
)

/** In their order; null where nothing was taken. Under `lockBalance` it stays so until the transaction ends. */
export async function findCharges(
  trx: Transaction<Tables>,
  keys: readonly SourceKey[],
): Promise<(PostedCharge | null)[]> {
  const rows = await runPrepared(trx, CHARGES, {
    lineIds: keys.map(({ lineId }) => lineId),
    sourceKeys: keys.map(({ sourceKey }) => sourceKey),
  })
  const charges = new Array<PostedCharge | null>(keys.length).fill(null)
  for (const row of rows) charges[row.place - 1] = { kind: row.kind, amount: row.amount, cause: toCause(row) }
  return charges
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
