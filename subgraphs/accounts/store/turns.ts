import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Something that may be done so often in an hour. */
export interface Turn {
  /** What is counted: `otp-send address 203.0.113.7`. */
  readonly key: string
  readonly hourMax: number
}

const HOUR_MS = 3_600_000

/**
 * Takes one of each, in one statement, so that however many processes ask at once nobody gets more than there are.
 * Returns null, or when the next is to be had: then those that had one left have lost it too.
 */
export async function takeTurns(db: Kysely<Tables>, turns: readonly Turn[], now: Date): Promise<Date | null> {
  const keys = turns.map(({ key }) => key)
  const { rows } = await sql<{ taken: number; ends_at: Date | null }>`
    with asked as (
      select key, hour_max from unnest(${keys}::text[], ${turns.map(({ hourMax }) => hourMax)}::int[])
        as asked (key, hour_max)
    ), taken as (
      insert into turn as known (key, taken, ends_at)
      select key, 1, ${new Date(now.getTime() + HOUR_MS)}::timestamptz from asked order by key
      on conflict (key) do update set
        taken = case when known.ends_at <= ${now} then 1 else known.taken + 1 end,
        ends_at = case when known.ends_at <= ${now} then excluded.ends_at else known.ends_at end
        where known.ends_at <= ${now}
          or known.taken < (select hour_max from asked where asked.key = known.key)
      returning key
    )
    select (select count(*)::int from taken) as taken, max(ends_at) as ends_at
    from turn where key = any(${keys}) and key not in (select key from taken)
  `.execute(db)
  const [{ taken, ends_at } = { taken: 0, ends_at: null }] = rows
  if (taken === turns.length) return null
  // An hour that began while this statement ran is not seen by it.
  const endsAt = ends_at ?? new Date(now.getTime() + HOUR_MS)
  return endsAt > now ? endsAt : now
}
