import { sql, type Transaction } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { NewId } from '../../../platform/ids.ts'
import { invariant } from '../../../platform/invariant.ts'
import type { Tables } from '../store/tables.ts'
import type { LedgerAccount, LedgerKind, LedgerUnit } from './kinds.ts'
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

/** Columns: a transaction each, then a movement each under the id of its transaction. */
interface PostValues {
  readonly lineIds: readonly string[]
  readonly ids: readonly string[]
  readonly kinds: readonly LedgerKind[]
  readonly sourceKeys: readonly string[]
  readonly occurredAt: readonly Date[]
  readonly postedAt: Date
  readonly orderIds: readonly (string | null)[]
  readonly paymentIds: readonly (string | null)[]
  readonly consentIds: readonly (string | null)[]
  readonly policyNames: readonly (string | null)[]
  readonly policyVersions: readonly (number | null)[]
  readonly details: readonly string[]
  readonly transactionIds: readonly string[]
  readonly units: readonly LedgerUnit[]
  readonly debits: readonly LedgerAccount[]
  readonly credits: readonly LedgerAccount[]
  readonly amounts: readonly bigint[]
  readonly entryKinds: readonly LedgerKind[]
}

interface EntryRow {
  readonly transaction_id: string
  readonly sequence: bigint
  readonly balance_after: bigint
}

const POST = prepareStatement<PostValues, EntryRow>(
  'post',
  (values) => sql`
    with posted as (
      insert into ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at,
        order_id, payment_id, consent_id, policy_name, policy_version, details)
      select line_id, id, kind, source_key, occurred_at, ${values.postedAt}::timestamptz,
        order_id, payment_id, consent_id, policy_name, policy_version, details::jsonb
      from unnest(${values.lineIds}::uuid[], ${values.ids}::uuid[], ${values.kinds}::text[],
        ${values.sourceKeys}::text[], ${values.occurredAt}::timestamptz[], ${values.orderIds}::text[],
        ${values.paymentIds}::uuid[], ${values.consentIds}::text[], ${values.policyNames}::text[],
        ${values.policyVersions}::int[], ${values.details}::text[]
      ) as cause (line_id, id, kind, source_key, occurred_at, order_id, payment_id, consent_id, policy_name,
        policy_version, details)
      on conflict (line_id, source_key) do nothing
      returning line_id, id
    )
    insert into ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount, kind)
    select posted.line_id, posted.id, movement.unit::ledger_unit, movement.debit::ledger_account,
      movement.credit::ledger_account, movement.amount, movement.kind::ledger_kind
    from posted join unnest(${values.transactionIds}::uuid[], ${values.units}::text[], ${values.debits}::text[],
      ${values.credits}::text[], ${values.amounts}::bigint[], ${values.entryKinds}::text[]
    ) with ordinality as movement (transaction_id, unit, debit, credit, amount, kind, place)
      on movement.transaction_id = posted.id
    order by movement.place
    returning transaction_id, sequence, balance_after
  `,
)

/**
 * Posts a transaction in the caller's; the balance follows by itself. Decide under `lockBalance` whether there is
 * enough: what would put the balance below its floor is a bug here, and throws.
 */
export async function post(
  trx: Transaction<Tables>,
  dependencies: LedgerDependencies,
  posting: Posting,
): Promise<PostOutcome> {
  const [outcome] = await postAll(trx, dependencies, [posting])
  invariant(outcome, 'what is posted has an outcome')
  return outcome
}

/** Posts transactions of as many lines in one statement, as `post` does each; the outcomes are in their order. */
export async function postAll(
  trx: Transaction<Tables>,
  { clock, newId }: LedgerDependencies,
  postings: readonly Posting[],
): Promise<PostOutcome[]> {
  if (postings.length === 0) return []
  const ids = postings.map(() => newId())
  const rows = await runPrepared(trx, POST, toValues(postings, ids, clock.now()))
  const rowsOf = Map.groupBy(rows, (row) => row.transaction_id)
  return ids.map((transactionId) => {
    const entries = rowsOf.get(transactionId)
    return entries ? { kind: 'posted', transactionId, entries: entries.map(toEntry) } : { kind: 'alreadyPosted' }
  })
}

/** Whether a cause has moved the money of a line. Under `lockBalance` it stays so until the end of the transaction. */
export async function isPosted(
  trx: Transaction<Tables>,
  { lineId, sourceKey }: Pick<Posting, 'lineId' | 'sourceKey'>,
): Promise<boolean> {
  const known = await trx
    .selectFrom('ledger_transaction')
    .select('id')
    .where('line_id', '=', lineId)
    .where('source_key', '=', sourceKey)
    .executeTakeFirst()
  return known !== undefined
}

function toEntry({ sequence, balance_after: balanceAfter }: EntryRow): PostedEntry {
  return { sequence, balanceAfter }
}

function toValues(postings: readonly Posting[], ids: readonly string[], postedAt: Date): PostValues {
  const causes = postings.map(({ cause = {} }) => cause)
  const movements = postings.flatMap((posting, place) =>
    posting.movements.map((movement) => ({ kind: posting.kind, ...movement, transactionId: ids[place] ?? '' })),
  )
  return {
    ids,
    postedAt,
    lineIds: postings.map(({ lineId }) => lineId),
    kinds: postings.map(({ kind }) => kind),
    sourceKeys: postings.map(({ sourceKey }) => sourceKey),
    occurredAt: postings.map(({ occurredAt }) => occurredAt),
    orderIds: causes.map(({ orderId }) => orderId ?? null),
    paymentIds: causes.map(({ paymentId }) => paymentId ?? null),
    consentIds: causes.map(({ consentId }) => consentId ?? null),
    policyNames: causes.map(({ policy }) => policy?.name ?? null),
    policyVersions: causes.map(({ policy }) => policy?.version ?? null),
    details: causes.map(({ title, feePermille }) => JSON.stringify({ title, feePermille })),
    transactionIds: movements.map(({ transactionId }) => transactionId),
    units: movements.map(({ unit }) => unit),
    debits: movements.map(({ debit }) => debit),
    credits: movements.map(({ credit }) => credit),
    amounts: movements.map(({ amount }) => amount),
    entryKinds: movements.map(({ kind }) => kind),
  }
}
