import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import type { Entrant } from '../answers.ts'
import type { ColdStart } from '../cold.ts'
import type { Measurement } from '../measure.ts'
import type { Scenario } from '../scenario.ts'
import { type Spread, spreadOf } from '../statistics.ts'

/** All that a run of the bench found: what is stored, and what table and chart are made from. */
export interface BenchResult {
  readonly date: string
  readonly commit: string
  readonly command: string
  readonly node: string
  readonly postgres: string
  readonly processor: string
  readonly scenarios: readonly ScenarioResult[]
  readonly coldStarts: readonly ColdStart[]
}

export interface ScenarioResult {
  readonly name: string
  readonly connections: number
  readonly lineCount: number
  readonly rounds: number
  readonly secondsEach: number
  readonly cases: readonly CaseResult[]
}

/** Medians over the rounds, with the least and the most. Times are milliseconds for each request. */
export interface CaseResult {
  readonly name: string
  readonly title: string
  readonly cpuMs: Spread
  /** How many times the processor time of the hand-written SQL; null when that was not measured. */
  readonly ratio: number | null
  readonly frontCpuMs: number
  readonly databaseCpuMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly requestsPerSecond: number
  readonly bytesPerAnswer: number
  readonly generatorLoad: number
}

const UNIT = 'sql'

export function toScenarioResult(
  { name, connections, lineCount, rounds }: Scenario,
  secondsEach: number,
  entrants: readonly Entrant[],
  measured: ReadonlyMap<string, readonly Measurement[]>,
): ScenarioResult {
  const medianCpuMs = (of: string) => spreadOf((measured.get(of) ?? []).map(({ cpuMs }) => cpuMs)).median
  const unit = measured.has(UNIT) ? medianCpuMs(UNIT) : null
  const cases = entrants.map(({ benchCase }) =>
    toCaseResult(benchCase.name, benchCase.title, measured.get(benchCase.name) ?? [], unit),
  )
  return { name, connections, lineCount, rounds, secondsEach, cases }
}

function toCaseResult(name: string, title: string, rounds: readonly Measurement[], unit: number | null): CaseResult {
  const spread = (figure: (round: Measurement) => number) => roundSpread(spreadOf(rounds.map(figure)))
  const cpuMs = spread((round) => round.cpuMs)
  return {
    name,
    title,
    cpuMs,
    ratio: unit === null ? null : rounded(cpuMs.median / unit, 2),
    frontCpuMs: spread((round) => round.frontCpuMs).median,
    databaseCpuMs: spread((round) => round.databaseCpuMs).median,
    p50Ms: spread((round) => round.p50Ms).median,
    p99Ms: spread((round) => round.p99Ms).median,
    requestsPerSecond: Math.round(spreadOf(rounds.map((round) => round.requests / round.seconds)).median),
    bytesPerAnswer: rounds[0]?.bytesPerAnswer ?? 0,
    generatorLoad: spread((round) => round.generatorLoad).median,
  }
}

export function circumstances(postgres: string): Omit<BenchResult, 'scenarios' | 'coldStarts'> {
  const all = cpus()
  return {
    date: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    command: ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, ''),
    node: process.version,
    postgres,
    processor: `${all.length} × ${all[0]?.model ?? 'unknown'}`,
  }
}

function roundSpread({ median, min, max }: Spread): Spread {
  return { median: rounded(median, 3), min: rounded(min, 3), max: rounded(max, 3) }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
