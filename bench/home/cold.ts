import { ask } from './answers.ts'
import type { BenchCase } from './cases/case.ts'
import type { Entrants } from './entrants.ts'
import { type Spread, spreadOf } from './statistics.ts'
import type { Viewer } from './world/viewers.ts'

/** What somebody waits who comes first after a start. */
export interface ColdStart {
  readonly name: string
  readonly title: string
  /** From starting the process until it takes connections. */
  readonly startMs: Spread
  /** The first request of all: the plan is made, statements are prepared, connections opened. */
  readonly firstMs: Spread
  /** The same request once more. */
  readonly secondMs: Spread
}

const TIMES = 3

export async function measureColdStarts(
  entrants: Entrants,
  cases: readonly BenchCase[],
  viewer: Viewer,
): Promise<ColdStart[]> {
  const colds: ColdStart[] = []
  for (const benchCase of cases) {
    const times: ColdTimes[] = []
    for (let time = 0; time < TIMES; time++) times.push(await startCold(entrants, benchCase, viewer))
    colds.push({
      name: benchCase.name,
      title: benchCase.title,
      startMs: spreadOf(times.map(({ startMs }) => startMs)),
      firstMs: spreadOf(times.map(({ firstMs }) => firstMs)),
      secondMs: spreadOf(times.map(({ secondMs }) => secondMs)),
    })
  }
  return colds
}

type ColdTimes = Record<'startMs' | 'firstMs' | 'secondMs', number>

async function startCold(entrants: Entrants, benchCase: BenchCase, viewer: Viewer): Promise<ColdTimes> {
  const startedAt = performance.now()
  const { running } = await entrants.startFresh(benchCase)
  try {
    const listeningAt = performance.now()
    await ask(running.front.port, viewer)
    const firstAt = performance.now()
    await ask(running.front.port, viewer)
    return {
      startMs: listeningAt - startedAt,
      firstMs: firstAt - listeningAt,
      secondMs: performance.now() - firstAt,
    }
  } finally {
    await running.front.stop()
  }
}
