import type { Kysely } from 'kysely'
import { addMonths, type Calendar, createCalendar } from '../../../../platform/calendar.ts'
import type { Clock } from '../../../../platform/clock.ts'
import type { NewId } from '../../../../platform/ids.ts'
import type { Logger } from '../../../../platform/logger.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import { addLots } from '../../ledger/lots.ts'
import { post } from '../../ledger/post.ts'
import { give } from '../../ledger/posting.ts'
import { keepProgress, lockUncounted, readUncounted } from '../../store/bonus-progress.ts'
import type { LineToLookAt } from '../../store/due-page.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { eachDue } from '../each-due.ts'
import { EARNING_KINDS, earn } from './earning.ts'

export interface BonusDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  readonly policies: Policies<PaymentsPolicies>
  readonly logger: Logger
}

const AT_ONCE = 4

/**
 * Gives points for all that was paid for the operator's services since the last time. Each entry counts once, however
 * many processes do this at once and wherever one of them ends. Returns how many lines were looked at.
 */
export async function earnPoints(dependencies: BonusDependencies): Promise<number> {
  return eachDue<LineToLookAt>({
    read: (page) => readUncounted(dependencies.db, page),
    work: ({ id }) => earnPointsOf(dependencies, id),
    atOnce: AT_ONCE,
    logger: dependencies.logger,
    failure: 'a line could not be given its points; the next round will',
  })
}

const RATE = 'bonus.kopecksPerPoint'

/** The same of one line. Returns how many points it has earned. */
export async function earnPointsOf(dependencies: BonusDependencies, lineId: string): Promise<bigint> {
  const { db, clock, newId, policies } = dependencies
  const current = await policies.current()
  return db.transaction().execute(async (trx) => {
    const uncounted = await lockUncounted(trx, lineId, EARNING_KINDS)
    if (!uncounted) return 0n
    const { points, remainder } = earn(uncounted.remainder, uncounted.spent, BigInt(current[RATE]))
    const at = clock.now()
    if (points > 0n) {
      await post(trx, dependencies, {
        lineId,
        kind: 'BONUS_EARNED',
        sourceKey: `bonus-earned:${uncounted.upTo}`,
        occurredAt: at,
        movements: [give('POINT', 'BONUS_PROGRAMME', points)],
        cause: { policy: { name: RATE, version: current.versions[RATE] } },
      })
      const expiresAt = monthsAfter(at, current['bonus.ttlMonths'], createCalendar(current['operator.timeZone']))
      await addLots(trx, { lineId, lots: [{ points, earnedAt: at, expiresAt }], newId })
    }
    await keepProgress(trx, { lineId, upTo: uncounted.upTo, remainder })
    return points
  })
}

/** The same time on the same day of a later month, or on the last that it has. */
export function monthsAfter(moment: Date, months: number, calendar: Calendar): Date {
  const day = calendar.dayOf(moment)
  const timeOfDayMs = moment.getTime() - calendar.momentOf(day).getTime()
  return new Date(calendar.momentOf(addMonths(day, months)).getTime() + timeOfDayMs)
}
