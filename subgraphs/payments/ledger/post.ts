import { sql, type Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Tables } from '../store/tables.ts'
import type { Posting } from './posting.ts'

export interface LedgerDependencies {
  readonly clock: Clock
  readonly newId: NewId
}

/** What a posting came to: `alreadyPosted` when the same cause moved this line's money before, and nothing was done. */
export type PostOutcome =
  | { readonly kind: 'posted'; readonly transactionId: string; readonly entries: readonly PostedEntry[] }
  | { readonly kind: 'alreadyPosted' }

export interface PostedEntry {
  /** Its number among the line's entries of the unit. */
  readonly sequence: bigint
  readonly balanceAfter: bigint
}

/**
 * Posts a transaction in the caller's; the balance follows by itself. Decide under `lockBalance` whether there is enough: what would put the
 * balance below its floor is a bug here, and throws.
 */
export async function post(
  trx: Transaction<Tables>,
  { clock, newId }: LedgerDependencies,
  posting: Posting,
): Promise<PostOutcome> {
  const { lineId, kind, sourceKey, occurredAt, movements, cause = {} } = posting
  const transactionId = newId()
  const { rows } = await sql<{ sequence: bigint; balance_after: bigint }>`
    with posted as (
      insert into ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at,
        order_id, payment_id, consent_id, policy_name, policy_version, details)
      values (${lineId}, ${transactionId}, ${kind}, ${sourceKey}, ${occurredAt}, ${clock.now()},
        ${cause.orderId ?? null}, ${cause.paymentId ?? null}, ${cause.consentId ?? null},
        ${cause.policy?.name ?? null}, ${cause.policy?.version ?? null},
        ${JSON.stringify(cause.title ? { title: cause.title } : {})}::jsonb)
      on conflict (line_id, source_key) do nothing
      returning line_id, id
    )
    insert into ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount, kind)
    select posted.line_id, posted.id, movement.unit::ledger_unit, movement.debit::ledger_account,
      movement.credit::ledger_account, movement.amount, movement.kind::ledger_kind
    from posted, unnest(
      ${movements.map(({ unit }) => unit)}::text[], ${movements.map(({ debit }) => debit)}::text[],
      ${movements.map(({ credit }) => credit)}::text[], ${movements.map(({ amount }) => amount)}::bigint[],
      ${movements.map((movement) => movement.kind ?? kind)}::text[]
    ) with ordinality as movement (unit, debit, credit, amount, kind, place)
    order by movement.place
    returning sequence, balance_after
  `.execute(trx)
  if (rows.length === 0) return { kind: 'alreadyPosted' }
  const entries = rows.map((row) => ({ sequence: row.sequence, balanceAfter: row.balance_after }))
  return { kind: 'posted', transactionId, entries }
}
