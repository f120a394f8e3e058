import { readFileSync } from 'node:fs'
import { setInterval } from 'node:timers/promises'
import type { Entrant } from './answers.ts'
import type { Load } from './load/load.ts'
import { HOME_BODY } from './operation.ts'
import { spreadOf } from './statistics.ts'
import type { Viewer } from './world/viewers.ts'

/** What became of a process's memory under load. */
export interface SoakReport {
  readonly requests: number
  readonly seconds: number
  /** Resident memory, every five seconds from the start. */
  readonly residentMb: readonly number[]
  readonly warmUpSeconds: number
  /** The median of the last third after the warm-up against that of the first third: 0.01 is one per cent more. */
  readonly drift: number
  readonly isFlat: boolean
}

const SAMPLE_SECONDS = 5
/** Some four hundred requests a second: steady, and never all that the process could do. */
const CONNECTIONS = 16
const PAUSE_MS = 40
const DRIFT_MAX = 0.02
/** Caches fill and the compiler works: a fifth of the time, which is not judged. */
const WARM_UP_SHARE = 0.2

/** Keeps one case under load and watches the memory of its front. */
export async function soak(
  { running }: Entrant,
  load: Load,
  viewers: readonly Viewer[],
  seconds: number,
): Promise<SoakReport> {
  const residentMb: number[] = []
  const sampling = new AbortController()
  const sampled = sample(running.front.pid, residentMb, sampling.signal)
  const order = { connections: CONNECTIONS, pauseMs: PAUSE_MS, warmUpSeconds: 0, seconds, seed: 1, body: HOME_BODY }
  const { requests } = await load.run(
    { ...order, port: running.front.port, viewers: viewers.map(({ token, accountId }) => ({ token, accountId })) },
    () => undefined,
    () => sampling.abort(),
  )
  await sampled
  const drift = driftOf(residentMb.slice(Math.ceil(residentMb.length * WARM_UP_SHARE)))
  const isFlat = drift <= DRIFT_MAX
  return { requests, seconds, residentMb, warmUpSeconds: seconds * WARM_UP_SHARE, drift, isFlat }
}

async function sample(pid: number, residentMb: number[], signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(SAMPLE_SECONDS * 1000, undefined, { signal }))
      residentMb.push(residentMemoryMb(pid))
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** In megabytes, of a process of this machine. */
export function residentMemoryMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 102.4) / 10
}

/** Single samples go up and down with the garbage collector, so thirds are compared by their medians. */
function driftOf(samples: readonly number[]): number {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const before = spreadOf(samples.slice(0, third)).median
  return spreadOf(samples.slice(-third)).median / before - 1
}
