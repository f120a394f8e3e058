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
  const now = clock.now()
  const { rowCount } = await client.query(OPEN, [now])
  await client.query(MAKE_ROOM)
  await client.query(POST, [now])
  return rowCount === openings.length ? sumOf(openings) : readOpeningSums(client)
}

/**
 * The first to write a line's opening transaction opens the line: all that follows is done for the transactions that
 * are this batch's own. It is there even when nothing is brought along.
 */
const OPEN = `
  insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
  select line_id, transaction_id, 'OPENING_BALANCE', 'opening-balance', $1, $1
  from pg_temp.staged_opening order by line_id
  on conflict (line_id, source_key) do nothing
`

const OPENING = `
  select staged.* from pg_temp.staged_opening as staged
  join payments.ledger_transaction as opened on opened.line_id = staged.line_id and opened.id = staged.transaction_id
`

/**
 * Before its entry a balance needs room for the debt that is taken over. A line may have a balance already, by a posting
 * made after an import was stopped half-way: what it has pays the debt first.
 */
const MAKE_ROOM = `
  insert into payments.ledger_balance as balance (line_id, unit, debt_limit)
  select line_id, unit::payments.ledger_unit, case unit when 'KOPECK' then greatest(0, -kopecks) else 0 end
  from (${OPENING}) as opening, unnest(array['KOPECK', 'POINT']) as unit
  order by line_id, unit
  on conflict (line_id, unit) do update
    set debt_limit = greatest(balance.debt_limit, excluded.debt_limit - (balance.posted - balance.reserved), 0)
    where excluded.debt_limit > 0
`

/** Balances follow from the entries. */
const POST = `
  with opening as materialized (${OPENING}), posted_entry as (
    insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
    select line_id, transaction_id, unit::payments.ledger_unit,
      (case when amount > 0 then 'OPENING_BALANCE' else 'CUSTOMER' end)::payments.ledger_account,
      (case when amount > 0 then 'CUSTOMER' else 'OPENING_BALANCE' end)::payments.ledger_account,
      abs(amount)
    from (
      select line_id, transaction_id, 'KOPECK' as unit, kopecks as amount from opening
      union all
      select line_id, transaction_id, 'POINT', points from opening
    ) as posting
    where amount <> 0 order by line_id, unit
  )
  insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
  select line_id, lot_id, points, points, $1::timestamptz, $1::timestamptz + make_interval(months => (
    select value::int from payments.policy
    where name = 'bonus.ttlMonths' and valid_from <= $1::timestamptz order by version desc limit 1
  ))
  from opening where points > 0
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
