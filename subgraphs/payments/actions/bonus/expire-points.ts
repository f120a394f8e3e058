import { lockBalance } from '../../ledger/balance.ts'
import { readExpiredPoints } from '../../ledger/lots.ts'
import { post } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import { readLinesWithExpired } from '../../store/bonus-progress.ts'
import type { DueItem } from '../../store/due-page.ts'
import { eachDue } from '../each-due.ts'
import type { BonusDependencies } from './earn-points.ts'

const AT_ONCE = 4

/**
 * Takes away the points whose time is over; those that are set aside wait for what becomes of them. Each lot expires
 * once, however many processes do this at once. Returns how many points expired.
 */
export async function expirePoints(dependencies: BonusDependencies): Promise<bigint> {
  const { db, clock, logger } = dependencies
  const now = clock.now()
  let expired = 0n
  await eachDue<DueItem>({
    read: (page) => readLinesWithExpired(db, now, page),
    work: async ({ id }) => {
      const points = await expirePointsOf(dependencies, id)
      expired += points
    },
    atOnce: AT_ONCE,
    logger,
    failure: 'the points of a line could not expire; the next round will see to them',
  })
  return expired
}

async function expirePointsOf(dependencies: BonusDependencies, lineId: string): Promise<bigint> {
  return dependencies.db.transaction().execute(async (trx) => {
    const now = dependencies.clock.now()
    await lockBalance(trx, lineId, 'POINT')
    let expired = 0n
    for (const { points, ttlVersion, after } of await readExpiredPoints(trx, lineId, now)) {
      const outcome = await post(trx, dependencies, {
        lineId,
        kind: 'BONUS_EXPIRED',
        sourceKey: `bonus-expired:${after}:${ttlVersion}`,
        occurredAt: now,
        movements: [take('POINT', 'BONUS_PROGRAMME', points)],
        cause: { policy: { name: 'bonus.ttlMonths', version: ttlVersion } },
      })
      if (outcome.kind === 'posted') expired += points
    }
    return expired
  })
}
