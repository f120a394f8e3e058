import { resolve } from 'node:path'
import { Command } from 'commander'
import { generateBase } from '../cli/import/testing/generate-base.ts'

const program = new Command('generate-base')
  .description('write a generated base in the import format; the same seed gives the same bytes')
  .argument('<directory>', 'where to; made if it is not there')
  .option('--lines <count>', 'how many lines', '1000000')
  .option('--seed <number>', 'what chance follows from', '1')
  .parse()
const { lines, seed } = program.opts<{ lines: string; seed: string }>()
await generateBase({ directory: resolve(program.args[0] ?? ''), lineCount: Number(lines), seed: Number(seed) })
