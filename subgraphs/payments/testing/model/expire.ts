import { expireHolds } from '../../ledger/expire-holds.ts'
import { noteEnd } from './end-hold.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

const STEP_MS = 25 * 60_000

/** Time passes, and what is due is swept; others capture and release all the while. */
export const expire: Operation = { name: 'expire', run: (world) => passTime(world, STEP_MS) }

export async function passTime(world: World, byMs: number): Promise<void> {
  while (world.reserving.size > 0) await Promise.allSettled(world.reserving)
  world.now = new Date(world.now.getTime() + byMs)
  const { now } = world
  const due = world.held.filter(({ isWaiting, expiresAt }) => isWaiting && expiresAt <= now)
  const flights = due.map(({ line, amount }) => line.begin({ gain: amount }))
  await expireHolds(world.db, now)
  for (const flight of flights) flight.end()
  if (world.sweptUntil < now) world.sweptUntil = now
  // Of one that somebody is ending, they will be told what became of it.
  for (const held of due) if (held.ending === 0) noteEnd(world, held, 0n)
}
