import type pg from 'pg'
import type { Clock } from '../../../platform/clock.ts'
import { stageRows } from '../../../platform/database/bulk.ts'
import type { NewId } from '../../../platform/ids.ts'

/** A payment that another system took for a line. */
export interface BulkTopUp {
  readonly lineId: string
  /** The other system's id of the payment: it is credited once. */
  readonly externalId: string
  /** Kopecks, above zero. */
  readonly amount: bigint
  /** RFC 3339. */
  readonly at: string
}

export interface TopUpsOutcome {
  readonly added: number
  /** External ids that were credited to another line before: nothing was posted. */
  readonly taken: ReadonlySet<string>
}

/** Posts top-ups on top of what the lines have. No external id may occur twice. */
export async function loadTopUps(
  client: pg.ClientBase,
  { newId, clock }: { newId: NewId; clock: Clock },
  topUps: readonly BulkTopUp[],
): Promise<TopUpsOutcome> {
  await stageRows(
    client,
    'staged_top_up',
    {
      line_id: 'uuid',
      transaction_id: 'uuid',
      external_id: 'text',
      amount: 'bigint',
      occurred_at: 'timestamptz',
    },
    topUps.map(({ lineId, externalId, amount, at }) => [lineId, newId(), externalId, amount, at]),
  )
  const { rows } = await client.query<{ added: number }>(POST_TOP_UPS, [clock.now()])
  const added = rows[0]?.added ?? 0
  return { added, taken: added === topUps.length ? new Set() : await findTaken(client, topUps) }
}

/** The balances follow from the entries. */
const POST_TOP_UPS = `
  with claimed as (
    insert into payments.top_up_directory (external_id, line_id)
    select external_id, line_id from pg_temp.staged_top_up order by external_id
    on conflict do nothing
    returning external_id
  ), posted as (
    insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
    select line_id, transaction_id, 'TOP_UP', 'top-up:' || external_id, occurred_at, $1
    from pg_temp.staged_top_up join claimed using (external_id)
    order by line_id, external_id
    on conflict (line_id, source_key) do nothing
    returning id
  ), top_up as materialized (
    select staged.* from pg_temp.staged_top_up as staged join posted on posted.id = staged.transaction_id
  ), posted_entry as (
    insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
    select line_id, transaction_id, 'KOPECK', 'EXTERNAL_TOP_UP', 'CUSTOMER', amount from top_up
    order by line_id, occurred_at
  )
  select count(*)::int as added from posted
`

async function findTaken(client: pg.ClientBase, topUps: readonly BulkTopUp[]): Promise<Set<string>> {
  const { rows } = await client.query<{ external_id: string; line_id: string }>(
    'select external_id, line_id from payments.top_up_directory where external_id = any($1::text[])',
    [topUps.map(({ externalId }) => externalId)],
  )
  const lineIds = new Map(rows.map((row) => [row.external_id, row.line_id]))
  const taken = topUps.filter(({ externalId, lineId }) => lineIds.get(externalId) !== lineId)
  return new Set(taken.map(({ externalId }) => externalId))
}
