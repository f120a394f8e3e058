import type { RunningCase } from './cases/case.ts'
import { cpuMs, sumCpuMs } from './cpu.ts'
import type { Load } from './load/load.ts'
import type { LoadFigures, LoadOrder } from './load/messages.ts'
import type { World } from './world/world.ts'

/** What one case used in one round, for each request. */
export interface Measurement extends LoadFigures {
  /** Of all server processes and the database's backends together: the figure of the bench. */
  readonly cpuMs: number
  /** Of the process that clients talk to, alone. */
  readonly frontCpuMs: number
  /** Of the database's backends, alone. */
  readonly databaseCpuMs: number
}

interface CpuReading {
  readonly front: number
  readonly processes: number
  readonly database: number
}

/** Puts one case under load and reads from the operating system what its processes used meanwhile. */
export async function measure(world: World, running: RunningCase, load: Load, order: LoadOrder): Promise<Measurement> {
  let before: CpuReading | undefined
  let after: CpuReading | undefined
  // Idle connections are closed between rounds, so the backends are those that the warm-up has opened.
  let backends: readonly number[] = []
  const refresh = setTimeout(() => {
    world.backends(running.databaseOwner).then(
      (pids) => {
        backends = pids
      },
      () => undefined,
    )
  }, order.warmUpSeconds * 700)
  const figures = await load.run(
    order,
    () => {
      before = read(running, backends)
    },
    () => {
      after = read(running, backends)
    },
  )
  clearTimeout(refresh)
  if (!before || !after || backends.length === 0) throw new Error('the load ended before it was measured')
  return { ...figures, ...perRequest(before, after, figures.requests) }
}

function read({ front, processes }: RunningCase, backends: readonly number[]): CpuReading {
  return {
    front: cpuMs(front.pid),
    processes: sumCpuMs(processes.map(({ pid }) => pid)),
    database: sumCpuMs(backends),
  }
}

function perRequest(before: CpuReading, after: CpuReading, requests: number) {
  const spent = (part: keyof CpuReading) => (after[part] - before[part]) / requests
  return {
    cpuMs: spent('processes') + spent('database'),
    frontCpuMs: spent('front'),
    databaseCpuMs: spent('database'),
  }
}
