import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { SpendingLedger } from '../../../platform/spending/spending.ts'
import type { Tables } from './tables.ts'

/** What all gateways let senders ask for, added up in one statement a report, and forgotten bit by bit. */
export function createSpendingLedger(db: Kysely<Tables>, clock: Clock): SpendingLedger {
  return {
    async tell(reports) {
      if (reports.length === 0) return []
      const now = clock.now()
      const { rows } = await sql<{ key: string; level: number }>`
        insert into spending as known (key, level, at, forgotten_per_second, ends_at)
        select key, spent, ${now}::timestamptz, per_second, ${now}::timestamptz + spent / per_second * interval '1 second'
        from unnest(
          ${reports.map(({ key }) => key)}::text[],
          ${reports.map(({ spent }) => spent)}::float8[],
          ${reports.map(({ forgottenPerSecond }) => forgottenPerSecond)}::float8[]
        ) as told (key, spent, per_second)
        order by key
        on conflict (key) do update set
          level = ${LEVEL} + excluded.level,
          at = greatest(known.at, excluded.at),
          forgotten_per_second = excluded.forgotten_per_second,
          ends_at = greatest(known.at, excluded.at)
            + (${LEVEL} + excluded.level) / excluded.forgotten_per_second * interval '1 second'
        returning key, level
      `.execute(db)
      const levels = new Map(rows.map(({ key, level }) => [key, level]))
      return reports.map(({ key }) => levels.get(key) ?? 0)
    },
  }
}

/** What is left of a row by now. A process whose clock is behind takes nothing away. */
const LEVEL = sql`greatest(0, known.level - known.forgotten_per_second
  * greatest(0, extract(epoch from excluded.at - known.at)::float8))`
