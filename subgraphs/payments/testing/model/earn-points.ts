import { addMonths, createCalendar } from '../../../../platform/calendar.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

const KOPECKS_PER_POINT = 20n

/** The operator gives points for what services have taken since the last time. */
export const earnPoints: Operation = {
  name: 'earnPoints',
  run: (world, { line }) => earnPointsOf(world, world.line(line)),
}

export async function earnPointsOf(world: World, line: LineModel): Promise<void> {
  // Nobody else is told what points were earned by: the money's own flights are under way too.
  const flights = [line.begin({}), line.points.begin({ gain: POINTS_MAX })]
  const points = await world.parts.earnPointsOf(world.dependencies, line.id)
  for (const flight of flights) flight.end()
  const due = line.uncounted / KOPECKS_PER_POINT
  world.expect(line.isShared || points === due, `line ${line.id} has earned ${points} points, not ${due}`)
  line.uncounted -= points * KOPECKS_PER_POINT
  line.points.change({ posted: points })
  if (points > 0n) line.points.lots.add([{ points, expiresAt: monthAfter(world.now) }])
}

/** More than all that a sequence can take for services comes to. */
const POINTS_MAX = 1_000n

/** In Moscow, whose clocks never change. */
function monthAfter(moment: Date): Date {
  const calendar = createCalendar('Europe/Moscow')
  const later = addMonths(calendar.dayOf(moment), 1)
  return new Date(Date.parse(later) + (moment.getTime() - Date.parse(calendar.dayOf(moment))))
}
