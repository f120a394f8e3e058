import type { Entrant } from './answers.ts'
import type { Load } from './load/load.ts'
import { type Measurement, measure } from './measure.ts'
import { HOME_BODY } from './operation.ts'
import type { Viewer } from './world/viewers.ts'
import type { World } from './world/world.ts'

/** What all rounds of a scenario have in common. */
export interface Rounds {
  readonly world: World
  readonly load: Load
  readonly entrants: readonly Entrant[]
  readonly viewers: readonly Viewer[]
  readonly connections: number
  readonly seconds: number
  readonly onMeasured: (entrant: Entrant, measurement: Measurement) => void
}

const WARM_UP_SECONDS = 1

/** Measures each case in each round; another case begins each time, so that none has the better place. */
export async function runRounds(
  shared: Rounds,
  rounds: number,
  seed: number,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const measured = new Map(shared.entrants.map(({ benchCase }): [string, Measurement[]] => [benchCase.name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const entrant of rotated(shared.entrants, round)) {
      const measurement = await measureOnce(shared, entrant, seed + round)
      measured.get(entrant.benchCase.name)?.push(measurement)
      shared.onMeasured(entrant, measurement)
    }
  }
  return measured
}

function measureOnce(shared: Rounds, { running }: Entrant, seed: number): Promise<Measurement> {
  return measure(shared.world, running, shared.load, {
    port: running.front.port,
    connections: shared.connections,
    warmUpSeconds: WARM_UP_SECONDS,
    seconds: shared.seconds,
    seed,
    pauseMs: 0,
    viewers: shared.viewers.map(({ token, accountId }) => ({ token, accountId })),
    body: HOME_BODY,
  })
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
