import { accountId, insertAccount, insertCatalogue, insertLine, lineId, phone } from '../../../cli/testing/fixture.ts'
import type { TestDatabase } from '../../../cli/testing/test-database.ts'
import type { Day } from '../../../platform/calendar.ts'
import type { LineRange } from '../audit/check.ts'
import { BOOKKEEPER } from './bookkeeper.ts'
import { autoPayer, borrower, giver, holder, moodyAcquirer, saver, spender, watcher } from './inhabitants.ts'
import { type Inhabitant, type SimulationOutcome, simulate } from './simulate.ts'

/** The day on which the town's life begins. */
export const FIRST_DAY = '2026-01-31' as Day
/** The line that has most of what comes round. */
export const BUSY_LINE = lineId(1)

const LINES = [1, 2, 3, 4].map(lineId)
const [FIRST = '', SECOND = '', THIRD = '', FOURTH = ''] = LINES

export const PEOPLE: readonly Inhabitant[] = [
  ...LINES.map(spender),
  autoPayer(FIRST, { amount: '100.00', threshold: '50.00' }),
  autoPayer(SECOND, { amount: '60.00', schedule: 'DAILY', monthlyCap: '1000.00' }),
  autoPayer(THIRD, { amount: '500.00', schedule: 'MONTHLY' }),
  autoPayer(FOURTH, { amount: '150.00', schedule: 'WEEKLY' }),
  autoPayer(FOURTH, { amount: '50.00', threshold: '30.00', monthlyCap: '300.00' }),
  watcher(FIRST),
  watcher(THIRD),
  saver(FIRST, '300.00'),
  saver(SECOND, '500.00'),
  borrower(THIRD),
  borrower(FOURTH),
  holder(SECOND),
  holder(THIRD),
  // Each line is given points by one other: in which order two gifts arrive is nobody's to say.
  ...LINES.map((line, index) => giver(line, phone(((index + 1) % LINES.length) + 1))),
  moodyAcquirer(),
  BOOKKEEPER,
]

/** Of the town, by the order of their ids. */
export const LINES_OF_TOWN: LineRange = { after: lineId(0), upto: lineId(LINES.length) }

export interface TownLife {
  readonly days: number
  readonly seed: number
  readonly inhabitants?: readonly Inhabitant[]
  readonly forgets?: readonly string[]
  readonly lines?: LineRange
  readonly onDay?: (passed: number) => void
}

/** Four lines of one person and all that comes round by itself, in a database that has only tables. */
export async function liveInTown(
  database: TestDatabase,
  { inhabitants = PEOPLE, ...life }: TownLife,
): Promise<SimulationOutcome> {
  await insertCatalogue(database)
  await insertAccount(database, { number: 1 })
  for (const number of [1, 2, 3, 4]) await insertLine(database, { number, ownerId: accountId(1), kopecks: 20_000n })
  return simulate({ database, from: FIRST_DAY, inhabitants, hours: [10.1, 20], ...life })
}
