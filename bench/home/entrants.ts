import type { Entrant } from './answers.ts'
import type { BenchCase, RunningSubgraphs } from './cases/case.ts'
import { startSubgraphs } from './cases/subgraphs.ts'
import type { World } from './world/world.ts'

/** All cases, started and idle. */
export interface Entrants {
  readonly all: readonly Entrant[]
  stop(): Promise<void>
}

export async function startEntrants(
  world: World,
  cases: readonly BenchCase[],
  nodeOptions: readonly string[],
): Promise<Entrants> {
  let shared: Promise<RunningSubgraphs> | undefined
  const subgraphs = () => {
    shared ??= startSubgraphs(world, 'subgraphs')
    return shared
  }
  const all: Entrant[] = []
  const stop = async () => {
    const processes = [...all.flatMap(({ running }) => running.processes), ...((await shared)?.processes ?? [])]
    await Promise.all(processes.map((server) => server.stop()))
  }
  try {
    for (const benchCase of cases) {
      all.push({ benchCase, running: await benchCase.start(world, { nodeOptions, subgraphs }) })
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { all, stop }
}
