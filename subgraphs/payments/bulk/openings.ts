import type pg from 'pg'
import { addOwners } from '../../../platform/access/line-access-bulk.ts'
import type { Clock } from '../../../platform/clock.ts'
import { stageRows } from '../../../platform/database/bulk.ts'
import type { NewId } from '../../../platform/ids.ts'

/** Whose a line is, and what it brings along from another system. */
export interface BulkOpening {
  readonly lineId: string
  readonly accountId: string
  /** Kopecks; negative for a debt. */
  readonly balance: bigint
  readonly points: bigint
}

export interface OpeningSums {
  readonly kopecks: bigint
  readonly points: bigint
}

/**
 * Gives lines their owner and opens their books, each once. The transaction is there even when nothing is brought along: it says that the
 * line was opened, so that a later file does not open it again. Returns what the lines were opened with.
 */
export async function loadOpenings(
  client: pg.ClientBase,
  { newId, clock }: { newId: NewId; clock: Clock },
  openings: readonly BulkOpening[],
): Promise<OpeningSums> {
  await stageRows(
    client,
    'staged_opening',
    {
      line_id: 'uuid',
      account_id: 'uuid',
      transaction_id: 'uuid',
      lot_id: 'uuid',
      kopecks: 'bigint',
      points: 'bigint',
    },
    openings.map(({ lineId, accountId, balance, points }) => [
      lineId,
      accountId,
      newId(),
      points === 0n ? null : newId(),
      balance,
      points,
    ]),
  )
  await client.query(addOwners('payments', 'staged_opening'))
  const { rows } = await client.query<{ opened: number }>(OPEN_BOOKS, [clock.now()])
  return rows[0]?.opened === openings.length ? sumOf(openings) : readOpeningSums(client)
}

/**
 * The first to write a line's opening transaction opens the line; entries, lot and balances follow from that row alone.
 * A line may have a balance before it is opened, by a posting made after an import was stopped half-way: it is added to.
 */
const OPEN_BOOKS = `
  with opened as (
    insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
    select line_id, transaction_id, 'OPENING_BALANCE', 'opening-balance', $1, $1
    from pg_temp.staged_opening order by line_id
    on conflict (line_id, source_key) do nothing
    returning line_id
  ), opening as materialized (
    select staged.* from pg_temp.staged_opening as staged join opened using (line_id)
  ), posted_entry as (
    insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
    select line_id, transaction_id, 'KOPECK'::payments.ledger_unit,
      (case when kopecks > 0 then 'OPENING_BALANCE' else 'CUSTOMER' end)::payments.ledger_account,
      (case when kopecks > 0 then 'CUSTOMER' else 'OPENING_BALANCE' end)::payments.ledger_account,
      abs(kopecks)
    from opening where kopecks <> 0
    union all
    select line_id, transaction_id, 'POINT', 'OPENING_BALANCE', 'CUSTOMER', points from opening where points > 0
  ), posted_lot as (
    insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
    select line_id, lot_id, points, points, $1, $1 + make_interval(months => (
      select value::int from payments.policy
      where name = 'bonus.ttlMonths' and valid_from <= $1 order by version desc limit 1
    ))
    from opening where points > 0
  ), posted_balance as (
    insert into payments.ledger_balance as balance (line_id, unit, posted, debt_limit)
    select line_id, unit, posted, greatest(0, -posted)
    from (
      select line_id, 'KOPECK'::payments.ledger_unit as unit, kopecks as posted from opening
      union all
      select line_id, 'POINT', points from opening
    ) as opened_balance
    order by line_id, unit
    on conflict (line_id, unit) do update
      set posted = balance.posted + excluded.posted,
        debt_limit = greatest(balance.debt_limit, -(balance.posted + excluded.posted - balance.reserved), 0)
  )
  select count(*)::int as opened from opened
`

/** Of the lines in this batch, whoever opened them: what a second run of the same file answers. */
async function readOpeningSums(client: pg.ClientBase): Promise<OpeningSums> {
  const { rows } = await client.query<OpeningSums>(`
    select
      coalesce(sum(case when credit_account = 'CUSTOMER' then amount else -amount end)
        filter (where unit = 'KOPECK'), 0)::bigint as kopecks,
      coalesce(sum(amount) filter (where unit = 'POINT'), 0)::bigint as points
    from pg_temp.staged_opening
    join payments.ledger_transaction as opening using (line_id)
    join payments.ledger_entry as entry on entry.line_id = opening.line_id and entry.transaction_id = opening.id
    where opening.source_key = 'opening-balance'
  `)
  return rows[0] ?? { kopecks: 0n, points: 0n }
}

function sumOf(openings: readonly BulkOpening[]): OpeningSums {
  let kopecks = 0n
  let points = 0n
  for (const opening of openings) {
    kopecks += opening.balance
    points += opening.points
  }
  return { kopecks, points }
}
