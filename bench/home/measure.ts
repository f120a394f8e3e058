import type { RunningCase } from './cases/case.ts'
import { type CpuReading, cpuBetween, readCpu } from './cpu.ts'
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

interface Reading {
  readonly front: CpuReading
  readonly processes: CpuReading
  readonly database: CpuReading
}

/** Puts one case under load and reads from the operating system what its processes used meanwhile. */
export async function measure(world: World, running: RunningCase, load: Load, order: LoadOrder): Promise<Measurement> {
  let before: Reading | undefined
  let after: Reading | undefined
  let backends: readonly number[] = []
  // Late in the warm-up, when the case has opened its database connections.
  const refreshing = setTimeout(() => void refresh(), order.warmUpSeconds * 700)
  const refresh = async () => {
    backends = await world.backends(running.databaseOwner).catch(() => [])
  }
  const figures = await load
    .run(
      order,
      () => {
        before = read(running, backends)
      },
      () => {
        after = read(running, backends)
      },
    )
    .finally(() => clearTimeout(refreshing))
  if (!before || !after || before.database.size === 0) throw new Error('the load ended before it was measured')
  await refresh()
  return { ...figures, ...perRequest(before, withNewBackends(after, backends), figures.requests) }
}

function read({ front, processes }: RunningCase, backends: readonly number[]): Reading {
  return {
    front: readCpu([front.pid]),
    processes: readCpu(processes.map(({ pid }) => pid)),
    database: readCpu(backends),
  }
}

/** Connections that were opened while we counted. They rest by now, so that it does not matter that they are read late. */
function withNewBackends(reading: Reading, backends: readonly number[]): Reading {
  const opened = backends.filter((pid) => !reading.database.has(pid))
  return { ...reading, database: new Map([...reading.database, ...readCpu(opened)]) }
}

function perRequest(before: Reading, after: Reading, requests: number) {
  const spent = (part: keyof Reading) => cpuBetween(before[part], after[part]) / requests
  return {
    cpuMs: spent('processes') + spent('database'),
    frontCpuMs: spent('front'),
    databaseCpuMs: spent('database'),
  }
}
