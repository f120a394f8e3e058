import type { Entrant } from './answers.ts'
import type { BenchCase, RunningSubgraphs, StartOptions } from './cases/case.ts'
import { startSubgraphs } from './cases/subgraphs.ts'
import { UNBATCHED } from './cases/unbatched.ts'
import type { World } from './world/world.ts'

/** All cases, started and idle. */
export interface Entrants {
  readonly all: readonly Entrant[]
  /** Starts a case once more, over subgraphs that run already. */
  startFresh(benchCase: BenchCase): Promise<Entrant>
  stop(): Promise<void>
}

export async function startEntrants(
  world: World,
  cases: readonly BenchCase[],
  nodeOptions: readonly string[],
): Promise<Entrants> {
  const started: Promise<RunningSubgraphs>[] = []
  const options: StartOptions = {
    nodeOptions,
    subgraphs: once(() => startSubgraphs(world, 'subgraphs'), started),
    unbatchedSubgraphs: once(() => startSubgraphs(world, 'subgraphs-unbatched', UNBATCHED), started),
  }
  const all: Entrant[] = []
  const stop = async () => {
    await Promise.all(all.map(({ running }) => running.front.stop()))
    const subgraphs = await Promise.all(started)
    await Promise.all(subgraphs.flatMap(({ processes }) => processes.map((server) => server.stop())))
  }
  const startFresh = async (benchCase: BenchCase) => ({ benchCase, running: await benchCase.start(world, options) })
  try {
    for (const benchCase of cases) all.push(await startFresh(benchCase))
  } catch (error) {
    await stop()
    throw error
  }
  return { all, startFresh, stop }
}

/** Starts at the first call, gives the same at every other, and keeps it in the list of what was started. */
function once<Value>(start: () => Promise<Value>, started: Promise<Value>[]): () => Promise<Value> {
  let running: Promise<Value> | undefined
  return () => {
    running ??= keep(start())
    return running
  }
  function keep(value: Promise<Value>): Promise<Value> {
    started.push(value)
    return value
  }
}
