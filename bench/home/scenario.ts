import type { HomeOptions } from './options.ts'

/** One kind of load: how many requests at once, by people with how many lines. */
export interface Scenario {
  readonly name: string
  readonly connections: number
  readonly lineCount: number
  /** Names of the cases that are put to it; null for all. */
  readonly cases: readonly string[] | null
  readonly rounds: number
}

const CORE = ['sql', 'monolith', 'one', 'many']
const SIDE_ROUNDS_MAX = 3
const MAIN = { name: 'main', connections: 64, lineCount: 2, cases: null }

/** The main scenario has all cases; the others have those that answer the question they put. */
export function scenariosFor(options: HomeOptions): Scenario[] {
  const { connections, lines, only, rounds } = options
  if (connections || lines) {
    return (connections ?? [MAIN.connections]).flatMap((count) =>
      (lines ?? [MAIN.lineCount]).map((lineCount) => ({
        ...MAIN,
        name: 'asked',
        connections: count,
        lineCount,
        rounds,
      })),
    )
  }
  const main = { ...MAIN, rounds }
  if (options.isQuick || only !== null) return [main]
  const side = { ...MAIN, cases: CORE, rounds: Math.min(rounds, SIDE_ROUNDS_MAX) }
  return [
    main,
    { ...side, name: 'few', connections: 4 },
    ...[1, 10, 100].map((lineCount) => ({ ...side, name: `lines-${lineCount}`, lineCount })),
  ]
}
