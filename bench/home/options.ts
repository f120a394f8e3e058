import { Command } from 'commander'

export interface HomeOptions {
  /** Names of cases; all of them when null. */
  readonly only: readonly string[] | null
  readonly rounds: number
  readonly seconds: number
  /** Instead of the scenarios of the bench: how many requests at once, and lines a viewer has. */
  readonly connections: readonly number[] | null
  readonly lines: readonly number[] | null
  readonly viewers: number
  readonly seed: number
  readonly isQuick: boolean
  /** Seconds of steady load on one process whose memory is watched; null for the bench proper. */
  readonly soak: number | null
  /** A folder for processor profiles of the processes that clients talk to; null for none. */
  readonly profile: string | null
}

const DEFAULTS = { rounds: 5, seconds: 4, viewers: 128, seed: 1 }
const QUICK = { rounds: 2, seconds: 2 }
const NOTHING = { only: null, connections: null, lines: null, soak: null, profile: null }

export function readOptions(argv: readonly string[]): HomeOptions {
  const command = new Command('bench')
    .description('measure the home query, in processor time for each request')
    .option('--quick', 'two minutes: fewer and shorter rounds of the main scenario')
    .option('--only <cases>', 'names of cases, with commas', words)
    .option('--rounds <count>', 'how often each case is measured', Number)
    .option('--seconds <seconds>', 'how long each time', Number)
    .option('--connections <counts>', 'how many requests at once, with commas', numbers)
    .option('--lines <counts>', 'lines a viewer has (1, 2, 10 or 100), with commas', numbers)
    .option('--viewers <count>', 'how many different people ask', Number)
    .option('--seed <seed>', 'of the order in which they ask', Number)
    .option('--soak <seconds>', 'watch the memory of one process under steady load instead', Number)
    .option('--profile <folder>', 'write processor profiles of the processes that clients talk to')
    .parse([...argv])
  const { quick = false, ...given } = command.opts<Partial<HomeOptions> & { quick?: boolean }>()
  return { ...NOTHING, ...DEFAULTS, ...(quick && QUICK), ...given, isQuick: quick }
}

function words(text: string): string[] {
  return text.split(',')
}

function numbers(text: string): number[] {
  return text.split(',').map(Number)
}
