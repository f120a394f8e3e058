import { compareAnswers, type Entrant } from './answers.ts'
import { casesNamed } from './cases/cases.ts'
import { measureColdStarts } from './cold.ts'
import { type Entrants, startEntrants } from './entrants.ts'
import { type Load, startLoad } from './load/load.ts'
import type { HomeOptions } from './options.ts'
import { installPeers } from './peers.ts'
import { type BenchResult, circumstances, type ScenarioResult, toScenarioResult } from './report/result.ts'
import { type Rounds, runRounds } from './rounds.ts'
import { type Scenario, scenariosFor } from './scenario.ts'
import { type SoakReport, soak } from './soak.ts'
import { CROWDS, crowdWith } from './world/crowd.ts'
import { signIn } from './world/viewers.ts'
import { createWorld, type World } from './world/world.ts'

/** Everything is started, and every case was seen to give the same answers. */
export interface CabinetBench {
  /** Measures all scenarios. */
  run(): Promise<BenchResult>
  /** Watches the memory of the product in one process. */
  soak(seconds: number): Promise<SoakReport>
  close(): Promise<void>
}

interface Parts {
  readonly options: HomeOptions
  readonly world: World
  readonly entrants: Entrants
  readonly load: Load
}

const SOAKED = ['one']
const SOAK_VIEWERS = 10_000
const COLD = ['one', 'many']
const SAMPLE_EACH = 5

export async function openBench(options: HomeOptions): Promise<CabinetBench> {
  const cases = casesNamed(options.soak === null ? options.only : SOAKED)
  await installPeers(cases)
  say('making the database')
  const world = await createWorld()
  const entrants = await startEntrants(world, cases, profilerOptions(options)).catch(async (error: unknown) => {
    await world.close()
    throw error
  })
  const parts = { options, world, entrants, load: startLoad() }
  return {
    run: () => run(parts),
    soak: async (seconds) => {
      const [entrant] = entrants.all as readonly [Entrant]
      return soak(entrant, parts.load, await signIn(world.keys, crowdWith(2), SOAK_VIEWERS), seconds)
    },
    async close() {
      parts.load.close()
      await entrants.stop()
      await world.close()
    },
  }
}

async function run(parts: Parts): Promise<BenchResult> {
  const { options, world, entrants } = parts
  say('comparing answers')
  const sample = await Promise.all(CROWDS.map((crowd) => signIn(world.keys, crowd, SAMPLE_EACH)))
  await compareAnswers(entrants.all, sample.flat())
  const scenarios: ScenarioResult[] = []
  for (const scenario of scenariosFor(options)) scenarios.push(await runScenario(parts, scenario))
  const cold = entrants.all.map(({ benchCase }) => benchCase).filter(({ name }) => COLD.includes(name))
  const [viewer] = sample.flat()
  const coldStarts = viewer && options.profile === null ? await measureColdStarts(entrants, cold, viewer) : []
  return { ...circumstances(world.postgresVersion), scenarios, coldStarts }
}

async function runScenario({ options, world, entrants, load }: Parts, scenario: Scenario): Promise<ScenarioResult> {
  const { connections, lineCount, cases, rounds } = scenario
  say(`${connections} at once, ${lineCount} lines a viewer`)
  const viewers = await signIn(world.keys, crowdWith(lineCount), options.viewers)
  const taking = entrants.all.filter(({ benchCase }) => cases?.includes(benchCase.name) ?? true)
  const shared = { world, load, entrants: taking, viewers, connections, seconds: options.seconds }
  await runRounds({ ...shared, onMeasured: () => undefined }, 1, 0) // not counted: the compilers are still at work
  const onMeasured: Rounds['onMeasured'] = ({ benchCase }, { cpuMs }) => say(`  ${benchCase.name} ${cpuMs.toFixed(3)}`)
  const measured = await runRounds({ ...shared, onMeasured }, rounds, options.seed)
  return toScenarioResult(scenario, options.seconds, taking, measured)
}

function profilerOptions({ profile }: HomeOptions): string[] {
  if (profile === null) return []
  const exitOnSignal = new URL('servers/exit-on-signal.ts', import.meta.url).href
  return ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--import', exitOnSignal]
}

/** Progress goes to the error output: what is piped on is the result. */
function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
