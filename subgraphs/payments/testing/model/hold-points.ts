import { available } from '../../ledger/balance.ts'
import { captureHold, findHold, type Hold, placeHold, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import { endHold } from './end-hold.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { HeldModel, World } from './world.ts'

const HOUR_MS = 3_600_000
const POINTS_MAX = 20n

/** Sets points of a line aside, to be spent. */
export const holdPoints: Operation = {
  name: 'holdPoints',
  run: (world, { line, amount }) =>
    world.request(async (key) => {
      const points = 1n + (amount % POINTS_MAX)
      await world.beforeTimePasses(holdOnce(world, { key, line: world.line(line), points }))
    }),
}

async function holdOnce(
  world: World,
  { key, line, points: amount }: { readonly key: string; readonly line: LineModel; readonly points: bigint },
): Promise<void> {
  const book = line.points
  const flight = book.begin({ loss: amount })
  const sourceKey = `points:${key}`
  const expiresAt = new Date(world.now.getTime() + HOUR_MS)
  const hold = await world.transaction(async (trx) => {
    const balance = await world.parts.lockBalance(trx, line.id, 'POINT')
    const known = await findHold(trx, { lineId: line.id, sourceKey })
    if (known || !balance || available(balance) < amount) return known
    const kind = 'BONUS_SPENT'
    return placeHold(trx, world.dependencies, { lineId: line.id, unit: 'POINT', amount, kind, sourceKey, expiresAt })
  })
  flight.end()
  const effect = `!hold:${key}`
  if (hold === null) {
    const isJustified = (amount > flight.low || book.isBlurred) && !world.isDone(effect, book)
    world.expect(isJustified, `the hold ${key} of points was not placed though there were enough`)
    return
  }
  world.expect(world.isDone(effect, book) || amount <= flight.high, `${key} has more points than there can have been`)
  if (!world.done(effect, book, { reserved: amount })) return
  book.lots.hold(key, amount)
  world.held.push({ key, sourceKey, line, book, amount, expiresAt: hold.expiresAt, isWaiting: true, ending: 0 })
}

/** Spends points that were set aside, or a part of them. */
export const capturePoints: Operation = {
  name: 'capturePoints',
  run: (world, { pick, amount }) =>
    endHold(world, { heldFor: 'points', pick }, async (held) => {
      const part = 1n + (amount % held.amount)
      const movements = [take('POINT', 'BONUS_PROGRAMME', part)]
      return endLocked(world, held, async (trx, hold) => {
        const outcome = await captureHold(trx, world.dependencies, hold, { movements })
        return outcome && { kind: 'ended', posted: -part }
      })
    }),
}

/** Lets them go. */
export const releasePoints: Operation = {
  name: 'releasePoints',
  run: (world, { pick }) =>
    endHold(world, { heldFor: 'points', pick }, (held) =>
      endLocked(world, held, async (trx, hold) =>
        (await releaseHold(trx, hold, world.now)) ? { kind: 'ended', posted: 0n } : null,
      ),
    ),
}

/** What has become of it otherwise is told under the same lock. */
function endLocked(
  world: World,
  { line, sourceKey }: HeldModel,
  end: (trx: Parameters<typeof releaseHold>[0], hold: Hold) => Promise<{ kind: 'ended'; posted: bigint } | null>,
) {
  return world.transaction(async (trx) => {
    await world.parts.lockBalance(trx, line.id, 'POINT')
    const hold = await findHold(trx, { lineId: line.id, sourceKey })
    if (hold === null) return { kind: 'wrong', what: 'not there' } as const
    const ended = await end(trx, hold)
    if (ended) return ended
    return { kind: hold.state === 'CAPTURED' || hold.state === 'RELEASED' ? 'otherwise' : 'overdue' } as const
  })
}
