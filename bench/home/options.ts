import { Command } from 'commander'

export interface HomeOptions {
  /** Names of cases; all of them when left out. */
  readonly only: readonly string[] | null
  readonly rounds: number
  readonly seconds: number
  readonly connections: readonly number[]
  readonly lines: readonly number[]
  readonly viewers: number
  readonly seed: number
  /** A folder for processor profiles of the fronts; null for none. */
  readonly profile: string | null
}

const DEFAULTS = { rounds: 5, seconds: 4, connections: [64, 4], lines: [2, 1, 10, 100], viewers: 128, seed: 1 }
const QUICK = { rounds: 3, seconds: 2, connections: [64], lines: [2] }

export function readOptions(argv: readonly string[]): HomeOptions {
  const command = new Command('bench')
    .option('--only <cases>', 'names of cases, with commas', words)
    .option('--rounds <count>', 'how often each case is measured', Number)
    .option('--seconds <seconds>', 'how long each time', Number)
    .option('--connections <counts>', 'how many requests at once, with commas', numbers)
    .option('--lines <counts>', 'lines a viewer has, with commas', numbers)
    .option('--viewers <count>', 'how many different people ask', Number)
    .option('--seed <seed>', 'of the order in which they ask', Number)
    .option('--quick', 'two minutes: fewer and shorter rounds')
    .option('--profile <folder>', 'write processor profiles of the processes that clients talk to')
    .parse([...argv])
  const { quick, ...given } = command.opts<Partial<HomeOptions> & { quick?: boolean }>()
  return { only: null, profile: null, ...DEFAULTS, ...(quick && QUICK), ...given }
}

function words(text: string): string[] {
  return text.split(',')
}

function numbers(text: string): number[] {
  return text.split(',').map(Number)
}
