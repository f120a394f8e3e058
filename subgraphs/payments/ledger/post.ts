import { sql, type Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Tables } from '../store/tables.ts'
import type { LedgerKind } from './kinds.ts'
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

interface PostValues {
  readonly lineId: string
  readonly transactionId: string
  readonly kind: LedgerKind
  readonly sourceKey: string
  readonly occurredAt: Date
  readonly postedAt: Date
  readonly orderId: string | null
  readonly paymentId: string | null
  readonly consentId: string | null
  readonly policyName: string | null
  readonly policyVersion: number | null
  readonly details: string
  readonly units: readonly string[]
  readonly debits: readonly string[]
  readonly credits: readonly string[]
  readonly amounts: readonly bigint[]
  readonly kinds: readonly string[]
}

const POST = prepareStatement<PostValues, { readonly sequence: bigint; readonly balance_after: bigint }>(
  'post',
  (values) => sql`
    with posted as (
      insert into ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at,
        order_id, payment_id, consent_id, policy_name, policy_version, details)
      values (${values.lineId}, ${values.transactionId}, ${values.kind}, ${values.sourceKey}, ${values.occurredAt},
        ${values.postedAt}, ${values.orderId}, ${values.paymentId}, ${values.consentId}, ${values.policyName},
        ${values.policyVersion}, ${values.details}::jsonb)
      on conflict (line_id, source_key) do nothing
      returning line_id, id
    )
    insert into ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount, kind)
    select posted.line_id, posted.id, movement.unit::ledger_unit, movement.debit::ledger_account,
      movement.credit::ledger_account, movement.amount, movement.kind::ledger_kind
    from posted, unnest(${values.units}::text[], ${values.debits}::text[], ${values.credits}::text[],
      ${values.amounts}::bigint[], ${values.kinds}::text[]
    ) with ordinality as movement (unit, debit, credit, amount, kind, place)
    order by movement.place
    returning sequence, balance_after
  `,
)

/**
 * Posts a transaction in the caller's; the balance follows by itself. Decide under `lockBalance` whether there is
 * enough: what would put the balance below its floor is a bug here, and throws.
 */
export async function post(
  trx: Transaction<Tables>,
  { clock, newId }: LedgerDependencies,
  posting: Posting,
): Promise<PostOutcome> {
  const transactionId = newId()
  const values = toValues(posting, { transactionId, postedAt: clock.now() })
  const rows = await runPrepared(trx, POST, values)
  if (rows.length === 0) return { kind: 'alreadyPosted' }
  const entries = rows.map((row) => ({ sequence: row.sequence, balanceAfter: row.balance_after }))
  return { kind: 'posted', transactionId, entries }
}

function toValues(
  { lineId, kind, sourceKey, occurredAt, movements, cause = {} }: Posting,
  own: Pick<PostValues, 'transactionId' | 'postedAt'>,
): PostValues {
  return {
    ...{ ...own, lineId, kind, sourceKey, occurredAt },
    orderId: cause.orderId ?? null,
    paymentId: cause.paymentId ?? null,
    consentId: cause.consentId ?? null,
    policyName: cause.policy?.name ?? null,
    policyVersion: cause.policy?.version ?? null,
    details: JSON.stringify(cause.title ? { title: cause.title } : {}),
    units: movements.map(({ unit }) => unit),
    debits: movements.map(({ debit }) => debit),
    credits: movements.map(({ credit }) => credit),
    amounts: movements.map(({ amount }) => amount),
    kinds: movements.map((movement) => movement.kind ?? kind),
  }
}
