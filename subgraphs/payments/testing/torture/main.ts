import { Command } from 'commander'
import { createProgress } from '../../../../cli/import/progress.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { auditLedger } from '../../audit.ts'
import type { Tables } from '../../store/tables.ts'
import { startMortalCluster } from './mortal-cluster.ts'
import { PIECES, type Piece, type Rack } from './pieces.ts'

const names = PIECES.map(({ name }) => name)
const program = new Command('torture')
  .description('tries to break the ledger on a PostgreSQL of its own, audits it, and prints what came out')
  .option('--only <pieces>', `some, by commas: ${names.join(',')}`, (text) => text.split(','), names)
  .option('--seed <number>', 'of the sequences', String(systemRandomness.below(2 ** 31)))
for (const { name, about, count } of PIECES) program.option(`--${name} <count>`, about, String(count))
program.parse()
const only = program.getOptionValue('only') as string[]
const unknown = only.filter((name) => !names.includes(name))
if (unknown.length > 0) program.error(`There is no piece ${unknown.join()}: there are ${names.join()}.`)

const cluster = await startMortalCluster()
const rack = {
  ...{ cluster, clock: systemClock, newId: createNewId(systemClock), random: systemRandomness.below },
  seed: Number(program.getOptionValue('seed')),
}
const rows: Record<string, string | number>[] = []

async function torture({ name, run }: Piece): Promise<void> {
  const count = Number(program.getOptionValue(name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())))
  const progress = followProgress(name)
  const startedAt = performance.now()
  const { problems, figures } = await run({ ...rack, onDone: progress.onDone }, count)
  const seconds = (performance.now() - startedAt) / 1_000
  progress.stop()
  const auditedAt = performance.now()
  const { breaches, examples } = await audit()
  rows.push({
    torture: name,
    seconds: Math.round(seconds),
    'per second': Math.round((progress.done() / seconds) * 10) / 10,
    figures: Object.entries(figures)
      .map(([figure, value]) => `${figure} ${value.toLocaleString('en')}`)
      .join(', '),
    problems: problems.length,
    'breaches in the audit': breaches,
    'seconds of the audit': Math.round((performance.now() - auditedAt) / 1_000),
  })
  for (const problem of [...problems, ...examples].slice(0, 20)) console.error(problem)
  if (problems.length > 0 || breaches > 0) process.exitCode = 1
}

/** A bar on a terminal, and a line now and then elsewhere. */
function followProgress(
  name: string,
): Pick<Rack, 'onDone'> & { readonly done: () => number; readonly stop: () => void } {
  const progress = createProgress(process.stderr, systemClock, name)
  let known = 0
  return {
    onDone(done, total) {
      if (known === 0) progress.start(total)
      progress.advance('', done - known, done - known)
      known = done
    },
    done: () => known,
    stop: progress.stop,
  }
}

async function audit(): Promise<{ breaches: number; examples: string[] }> {
  const db = connectDatabase<Tables>({ url: cluster.url(), poolSizeMax: 1, logger: silentLogger })
  const { findings } = await auditLedger(db, { now: systemClock.now() })
  await db.destroy()
  return {
    breaches: findings.reduce((sum, finding) => sum + finding.breaches, 0),
    examples: findings.flatMap((finding) => finding.examples),
  }
}

try {
  for (const piece of PIECES) if (only.includes(piece.name)) await torture(piece)
  console.table(rows)
} finally {
  await cluster.stop()
}
