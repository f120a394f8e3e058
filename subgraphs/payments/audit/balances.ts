import { sql } from 'kysely'
import { type LineCheck, within } from './check.ts'

const nobodyIsOverdrawn: LineCheck = {
  invariant: 'I3',
  meaning: 'available is never under its floor',
  isOfBalance: true,
  places: (range) => sql`
    select balance.line_id, balance.unit::text as place from ledger_balance as balance
    where ${within('balance', range)} and (
      posted - reserved < -(debt_limit + promised) or reserved < 0 or (unit = 'POINT' and posted - reserved < 0)
    )
  `,
}

/** The floor rests on it. */
const promisedIsPromised: LineCheck = {
  invariant: 'I3',
  meaning: 'as much may be owed as was promised and is not over',
  isOfBalance: true,
  places: (range) => sql`
    select coalesce(balance.line_id, active.line_id) as line_id, 'promised' as place
    from (select * from ledger_balance as balance where ${within('balance', range)} and promised > 0) as balance
    full join (
      select line_id, amount from promised_payment as promise
      where ${within('promise', range)} and ended_at is null
    ) as active on active.line_id = balance.line_id and balance.unit = 'KOPECK'
    where balance.promised is distinct from active.amount
  `,
}

const pointsHaveLots: LineCheck = {
  invariant: 'I2',
  meaning: 'points are what is left of their lots',
  isOfBalance: true,
  places: (range) => sql`
    select coalesce(points.line_id, lots.line_id) as line_id, 'POINT lots' as place
    from (select * from ledger_balance as balance where ${within('balance', range)} and unit = 'POINT') as points
    full join (
      select line_id, sum(remaining) as remaining from bonus_lot as lot where ${within('lot', range)} group by line_id
    ) as lots on lots.line_id = points.line_id
    where coalesce(points.posted, 0) <> coalesce(lots.remaining, 0)
  `,
}

const changesAreNumbered: LineCheck = {
  invariant: 'I10',
  meaning: 'changes of a balance are numbered without gaps up to the last',
  isOfBalance: false,
  places: (range) => sql`
    select balance.line_id, 'balance change ' || balance.sequence as place
    from ledger_balance as balance
    join lateral (
      select count(*) as count, min(sequence) as first, max(sequence) as last from balance_change as change
      where change.line_id = balance.line_id
    ) as told on true
    where ${within('balance', range)} and balance.unit = 'KOPECK' and balance.sequence > 0
      and (told.last is distinct from balance.sequence or told.count <> told.last - told.first + 1)
  `,
}

export const BALANCE_CHECKS: readonly LineCheck[] = [
  nobodyIsOverdrawn,
  promisedIsPromised,
  pointsHaveLots,
  changesAreNumbered,
]
