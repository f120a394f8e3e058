import { expireHolds } from '../../ledger/expire-holds.ts'
import { noteEnd } from './end-hold.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

const STEP_MS = 25 * 60_000
const DAY_MS = 86_400_000

/** Time passes, and what is due is swept; others capture and release all the while. */
export const expire: Operation = { name: 'expire', run: (world) => passTime(world, STEP_MS) }

/** So much of it that points expire after the second time. */
export const passDays: Operation = { name: 'passDays', run: (world) => passTime(world, 16 * DAY_MS) }

export async function passTime(world: World, byMs: number): Promise<void> {
  while (world.reserving.size > 0) await Promise.allSettled(world.reserving)
  world.now = new Date(world.now.getTime() + byMs)
  const { now } = world
  const due = world.held.filter(({ isWaiting, expiresAt }) => isWaiting && expiresAt <= now)
  const promised = world.lines.filter(({ dueAt }) => dueAt !== null && dueAt <= now)
  const flights = [
    ...due.map(({ book, amount }) => book.begin({ gain: amount })),
    ...promised.map((line) => line.begin({})),
    ...world.lines.map(({ points }) => points.begin({})),
  ]
  await expireHolds(world.db, now)
  await world.parts.endDuePromises(world.dependencies)
  await world.parts.expirePoints(world.dependencies)
  for (const flight of flights) flight.end()
  if (world.sweptUntil < now) world.sweptUntil = now
  // Of one that somebody is ending, they will be told what became of it.
  for (const held of due) if (held.ending === 0) noteEnd(world, held, 0n)
  for (const line of promised) line.endPromise()
  for (const { points } of world.lines) points.expire(now)
}
