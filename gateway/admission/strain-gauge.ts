import type { Guard } from '../resilience/guard.ts'
import type { Admission } from './admission.ts'

const LOOK_EVERY_MS = 100
/** One subgraph alone may be slow for reasons of its own. */
const SUBGRAPHS_MIN = 2
/** A fetch stalls that takes as long as this, and much longer than those of the fastest subgraph. */
const STALLED_MS = 300
const STALLED_FACTOR = 4

/** Tells the admission every moment how busy the process is; gives the way to stop. */
export function startStrainGauge(admission: Pick<Admission, 'feel'>, guards: () => Iterable<Guard>): () => void {
  let lookedAt = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    const fetchMs = fastest(guards())
    admission.feel({ loopDelayMs: now - lookedAt - LOOK_EVERY_MS, fetchMs }, countStalled([...guards()], fetchMs))
    lookedAt = now
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** What a fetch takes of the fastest subgraph: when that is slow, all are, and the reason is what they share. */
function fastest(guards: Iterable<Guard>): number {
  const means: number[] = []
  for (const guard of guards) {
    const { count, totalMs } = guard.takeTimes()
    if (count > 0) means.push(totalMs / count)
  }
  return means.length < SUBGRAPHS_MIN ? 0 : Math.min(...means)
}

/** Fetches that wait for a subgraph in trouble. Where most subgraphs are as slow it is none of theirs, and none count. */
function countStalled(guards: readonly Guard[], fastestMs: number): number {
  const stalledMs = Math.max(STALLED_MS, fastestMs * STALLED_FACTOR)
  const counts = guards.map((guard) => guard.countOlderThan(stalledMs)).filter((count) => count > 0)
  return counts.length * 2 > guards.length ? 0 : counts.reduce((sum, count) => sum + count, 0)
}
