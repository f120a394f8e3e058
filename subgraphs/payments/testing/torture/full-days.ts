import { createCalendar, type Day } from '../../../../platform/calendar.ts'
import type { TortureWorld } from './torture.ts'

const TIME_ZONE = 'Europe/Moscow'
const DAY_MS = 86_400_000

/** Has lines received all that they may today, and tomorrow: a torture may last till then. */
export async function fillDay({ db, clock }: TortureWorld, lineIds: readonly string[], kopecks: number): Promise<void> {
  const calendar = createCalendar(TIME_ZONE)
  const days: Day[] = [0, DAY_MS].map((later) => calendar.dayOf(new Date(clock.now().getTime() + later)))
  const rows = lineIds.flatMap((lineId) =>
    days.map((day) => ({ line_id: lineId, day, sent: 0n, received: BigInt(kopecks) })),
  )
  if (rows.length > 0) await db.insertInto('transfer_day').values(rows).execute()
}
