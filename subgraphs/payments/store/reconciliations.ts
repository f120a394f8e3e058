import { type Kysely, sql, type Transaction } from 'kysely'
import type { Comparison, LedgerRecord } from '../ledger/compare-registry.ts'
import type { Tables } from './tables.ts'

interface RecordRow {
  readonly kind: 'PAYMENT' | 'REFUND'
  readonly acquirer_id: string
  readonly kopecks: bigint
  readonly line_id: string
  readonly payment_id: string
}

/** What the ledger itself has of payments and refunds: a credit or a return that was not posted is not there. */
const POSTED = sql`
  select 'PAYMENT' as kind, paid.acquirer_id, paid.line_id, paid.payment_id, paid.captured_at as moved_at,
    'acquirer:' || paid.acquirer_id as source_key
  from card_payment as paid where paid.acquirer_id is not null
  union all
  select 'REFUND', back.acquirer_id, back.line_id, back.payment_id, back.refunded_at, 'card-refund:' || back.id
  from card_refund as back where back.acquirer_id is not null
`

/** Of the acquirer's payments and refunds with these ids, what we have. */
export async function findRecords(db: Kysely<Tables>, acquirerIds: readonly string[]): Promise<LedgerRecord[]> {
  const { rows } = await sql<RecordRow>`
    with posted as (${POSTED}), asked as (select * from posted where acquirer_id = any(${acquirerIds}::text[]))
    select asked.kind, asked.acquirer_id, entry.amount as kopecks, asked.line_id, asked.payment_id
    from asked
    join ledger_transaction as cause on cause.line_id = asked.line_id and cause.source_key = asked.source_key
    join ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
  `.execute(db)
  return rows.map(toRecord)
}

/** What we have of a span by the acquirer's own time. */
export async function listRecords(db: Kysely<Tables>, from: Date, before: Date): Promise<LedgerRecord[]> {
  const { rows } = await sql<RecordRow>`
    with posted as (${POSTED})
    select posted.kind, posted.acquirer_id, entry.amount as kopecks, posted.line_id, posted.payment_id
    from posted
    join ledger_transaction as cause on cause.line_id = posted.line_id and cause.source_key = posted.source_key
    join ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
    where posted.moved_at >= ${from} and posted.moved_at < ${before}
  `.execute(db)
  return rows.map(toRecord)
}

function toRecord({ kind, acquirer_id, kopecks, line_id, payment_id }: RecordRow): LedgerRecord {
  return { kind, acquirerId: acquirer_id, kopecks, lineId: line_id, paymentId: payment_id }
}

export interface NewReconciliation extends Comparison {
  readonly id: string
  readonly day: string
  readonly source: string
  readonly now: Date
}

/** Keeps a comparison with all its differences. */
export async function keepReconciliation(trx: Transaction<Tables>, kept: NewReconciliation): Promise<void> {
  const { id, day, source, now, matched, matchedKopecks, differences } = kept
  await sql`
    insert into reconciliation (id, day, source, compared_at, matched, matched_kopecks)
    values (${id}, ${day}::date, ${source}, ${now}, ${matched}, ${matchedKopecks})
  `.execute(trx)
  await sql`
    insert into reconciliation_difference
      (reconciliation_id, kind, acquirer_id, verdict, ours, theirs, line_id, payment_id)
    select ${id}, *
    from unnest(
      ${differences.map(({ kind }) => kind)}::text[], ${differences.map(({ acquirerId }) => acquirerId)}::text[],
      ${differences.map(({ verdict }) => verdict)}::text[], ${differences.map(({ ours }) => ours)}::bigint[],
      ${differences.map(({ theirs }) => theirs)}::bigint[], ${differences.map(({ lineId }) => lineId)}::uuid[],
      ${differences.map(({ paymentId }) => paymentId)}::uuid[]
    )
  `.execute(trx)
}
