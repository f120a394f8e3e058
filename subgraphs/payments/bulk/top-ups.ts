import type pg from 'pg'
import type { Clock } from '../../../platform/clock.ts'
import { stageRows } from '../../../platform/database/bulk.ts'
import type { ActRecorded } from '../../../platform/events/event.ts'
import { copyEvents } from '../../../platform/events/outbox-bulk.ts'
import { authorOf } from '../../../platform/identity/author.ts'
import { serviceViewer } from '../../../platform/identity/viewer.ts'
import type { NewId } from '../../../platform/ids.ts'
import { type EndedPromise, promiseEnded } from '../store/promised-payments.ts'

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
  const now = clock.now()
  const { rows } = await client.query<{ added: number }>(POST_TOP_UPS, [now])
  const added = rows[0]?.added ?? 0
  if (added > 0) await settlePromises(client, { newId, now })
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

interface SettledRow extends EndedPromise {
  readonly line_id: string
  readonly owner_id: string
}

/** A top-up takes back what the line was promised, as `settlePromisedPayment` does; only one that was posted just now. */
async function settlePromises(
  client: pg.ClientBase,
  { newId, now }: { readonly newId: NewId; readonly now: Date },
): Promise<void> {
  const { rows } = await client.query<SettledRow>(SETTLE_PROMISES, [now])
  const acts = rows.map(({ line_id: lineId, owner_id: accountId, ...promise }): ActRecorded => {
    const by = authorOf(serviceViewer('payments', promise.id), accountId)
    const occurredAt = now.toISOString()
    return { id: newId(), kind: 'ActRecorded', occurredAt, accountId, lineId, ...promiseEnded(promise, 'TOP_UP'), by }
  })
  await copyEvents(client, 'payments', acts, 'accounts')
}

const SETTLE_PROMISES = `
  with topped_up as (
    select distinct staged.line_id from pg_temp.staged_top_up as staged
    join payments.ledger_transaction as posted on posted.line_id = staged.line_id and posted.id = staged.transaction_id
  ), ended as (
    update payments.promised_payment as promise set ended_at = $1, ended_by = 'TOP_UP'
    from topped_up where promise.line_id = topped_up.line_id and promise.ended_at is null
    returning promise.line_id, promise.id
  ), settled as (
    update payments.ledger_balance as balance
    set promised = 0, debt_limit = greatest(debt_limit, reserved - posted, 0)
    from ended where balance.line_id = ended.line_id and balance.unit = 'KOPECK'
    returning balance.line_id, ended.id, greatest(reserved - posted, 0) as debt
  )
  select line_id, id, debt, account_id as owner_id
  from settled join payments.line_access using (line_id) where rights & 8 <> 0
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
