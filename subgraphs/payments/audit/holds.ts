import { sql } from 'kysely'
import { type LineCheck, within } from './check.ts'

const reservedIsHeld: LineCheck = {
  invariant: 'I2',
  meaning: 'what is reserved is what waiting holds have set aside',
  isOfBalance: true,
  places: (range) => sql`
    select coalesce(stored.line_id, held.line_id) as line_id, coalesce(stored.unit, held.unit)::text as place
    from (select * from ledger_balance as balance where ${within('balance', range)}) as stored
    full join (
      select line_id, unit, sum(amount) as amount from hold where ${within('hold', range)} and state = 'PENDING'
      group by line_id, unit
    ) as held on held.line_id = stored.line_id and held.unit = stored.unit
    where coalesce(stored.reserved, 0) <> coalesce(held.amount, 0)
  `,
}

const heldPointsAreOfLots: LineCheck = {
  invariant: 'I2',
  meaning: 'points that a waiting hold has set aside are of lots, each of which has as many',
  isOfBalance: true,
  places: (range) => sql`
    select coalesce(waiting.line_id, kept.line_id) as line_id, 'hold ' || coalesce(waiting.id, kept.hold_id) as place
    from (
      select * from hold where ${within('hold', range)} and unit = 'POINT' and state = 'PENDING'
    ) as waiting
    full join (
      select line_id, hold_id, sum(points) as points from bonus_lot_hold as part where ${within('part', range)}
      group by line_id, hold_id
    ) as kept on kept.line_id = waiting.line_id and kept.hold_id = waiting.id
    where coalesce(waiting.amount, 0) <> coalesce(kept.points, 0)
    union all
    select lot.line_id, 'lot ' || lot.id from bonus_lot as lot
    where ${within('lot', range)} and free_points(lot) < 0
  `,
}

const capturesArePosted: LineCheck = {
  invariant: 'I6',
  meaning: 'a hold that was captured is posted with that amount, and no other is posted',
  isOfBalance: false,
  places: (range) => sql`
    select hold.line_id, 'hold ' || hold.id as place
    from hold
    left join lateral (
      select sum(entry.amount) filter (where entry.debit_account = 'CUSTOMER' and entry.unit = hold.unit) as taken
      from ledger_transaction as cause
      join ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
      where cause.line_id = hold.line_id and cause.source_key = hold.source_key
    ) as posted on true
    where ${within('hold', range)} and coalesce(posted.taken, 0) <> hold.captured
  `,
}

/** How long a hold may outlive its time: the job that ends holds comes round more often than that. */
const GRACE_SECONDS = 60

const holdsEnd: LineCheck = {
  invariant: 'I7',
  meaning: `no hold outlives its time by ${GRACE_SECONDS} s`,
  isOfBalance: false,
  places: (range, now) => sql`
    select hold.line_id, 'hold ' || hold.id as place from hold
    where ${within('hold', range)} and state = 'PENDING'
      and expires_at < ${now}::timestamptz - make_interval(secs => ${GRACE_SECONDS})
  `,
}

export const HOLD_CHECKS: readonly LineCheck[] = [reservedIsHeld, heldPointsAreOfLots, capturesArePosted, holdsEnd]
