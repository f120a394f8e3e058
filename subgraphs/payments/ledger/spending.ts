import { type RawBuilder, sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { Tables } from '../store/tables.ts'
import type { LedgerKind } from './kinds.ts'

/** What counts as spending; what gives it back counts against it. The index `ledger_entry_spending` has the same. */
export const SPENDING_KINDS = [
  'SERVICE_CHARGE',
  'SUBSCRIPTION_FEE',
  'PURCHASE',
  'PURCHASE_FEE',
  'TRANSFER_OUT',
  'TRANSFER_FEE',
  'TRANSFER_RETURN',
  'PROMISED_PAYMENT_FEE',
  'COMPENSATION',
] as const satisfies readonly LedgerKind[]

// As literals: the planner knows the index by them.
const isSpending = sql`kind in (${sql.join(SPENDING_KINDS.map((kind) => sql.lit(kind)))})`

/** Kopecks that a line has spent since a moment, and those that are set aside to be spent; zero at least. */
export function spentSince(lineId: RawBuilder<unknown>, since: RawBuilder<unknown>): RawBuilder<bigint> {
  return sql<bigint>`greatest(0,
    coalesce((
      select -sum(customer_change(entry)) from ledger_entry as entry
      where line_id = ${lineId} and unit = 'KOPECK' and ${isSpending} and posted_at >= ${since}
    ), 0) + coalesce((
      select sum(amount) from hold
      where line_id = ${lineId} and unit = 'KOPECK' and ${isSpending} and state = 'PENDING'
    ), 0)
  )::bigint`
}

/** The cap of a line and what it has spent since a moment, in kopecks. */
export interface CappedSpending {
  readonly cap: bigint
  readonly spent: bigint
}

interface CappedSpendingRow extends CappedSpending {
  readonly line_id: string
}

const CAPPED_SPENDINGS = prepareStatement<
  { readonly lineIds: readonly string[]; readonly since: Date },
  CappedSpendingRow
>(
  'capped-spendings',
  ({ lineIds, since }) => sql`
    select line_id, monthly_amount as cap, ${spentSince(sql`spend_cap.line_id`, sql`${since}::timestamptz`)} as spent
    from spend_cap where line_id = any(${lineIds}::uuid[])
  `,
)

/** Of those of the lines that have a cap. Under `lockBalance` it stays so until the end of the transaction. */
export async function findCappedSpendings(
  trx: Transaction<Tables>,
  lineIds: readonly string[],
  since: Date,
): Promise<Map<string, CappedSpending>> {
  const rows = await runPrepared(trx, CAPPED_SPENDINGS, { lineIds, since })
  return new Map(rows.map(({ line_id, cap, spent }) => [line_id, { cap, spent }]))
}

/** Null when the line has no cap. */
export async function findCappedSpending(
  trx: Transaction<Tables>,
  lineId: string,
  since: Date,
): Promise<CappedSpending | null> {
  return (await findCappedSpendings(trx, [lineId], since)).get(lineId) ?? null
}
