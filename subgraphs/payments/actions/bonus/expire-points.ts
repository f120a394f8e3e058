import { available, lockBalance } from '../../ledger/balance.ts'
import { readLots } from '../../ledger/lots.ts'
import { post } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import { findExpired } from '../../store/bonus-progress.ts'
import type { BonusDependencies } from './earn-points.ts'

const LINES_AT_ONCE = 100

/**
 * Takes away the points whose time is over, of some lines; points that are set aside wait for what becomes of them.
 * Each lot expires once, however many processes do this at once. Returns how many points expired.
 */
export async function expirePoints(dependencies: BonusDependencies): Promise<bigint> {
  const lineIds = await findExpired(dependencies.db, dependencies.clock.now(), LINES_AT_ONCE)
  let expired = 0n
  for (const lineId of lineIds) expired += await expirePointsOf(dependencies, lineId)
  return expired
}

async function expirePointsOf(dependencies: BonusDependencies, lineId: string): Promise<bigint> {
  return dependencies.db.transaction().execute(async (trx) => {
    const now = dependencies.clock.now()
    const balance = await lockBalance(trx, lineId, 'POINT')
    if (!balance) return 0n
    const over = (await readLots(trx, lineId)).filter(({ expiresAt }) => expiresAt <= now)
    const due = over.reduce((sum, { points }) => sum + points, 0n)
    const points = due < available(balance) ? due : available(balance)
    if (points <= 0n) return 0n
    await post(trx, dependencies, {
      lineId,
      kind: 'BONUS_EXPIRED',
      sourceKey: `bonus-expired:${dependencies.newId()}`,
      occurredAt: now,
      movements: [take('POINT', 'BONUS_PROGRAMME', points)],
    })
    return points
  })
}
