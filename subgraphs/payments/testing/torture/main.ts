import { Command } from 'commander'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { auditLedger } from '../../audit.ts'
import type { Tables } from '../../store/tables.ts'
import { runSequences } from '../model/sequences.ts'
import { SOUND_PARTS } from '../model/world.ts'
import { tortureDatabaseKills } from './database-kills.ts'
import { tortureDoubleSpend } from './double-spend.ts'
import { tortureKeys } from './keys.ts'
import { startMortalCluster } from './mortal-cluster.ts'
import { tortureProcessKills } from './process-kills.ts'
import type { TortureReport, TortureWorld } from './torture.ts'
import { tortureTransfers } from './transfers.ts'

const program = new Command('torture')
  .description('tries to break the ledger on a PostgreSQL of its own, audits it, and prints what came out')
  .option('--transfers <count>', 'among few lines, by 64 clients', '1000000')
  .option('--rounds <count>', 'in which 500 clients spend one balance', '1000')
  .option('--keys <count>', 'idempotency keys, each sent ten times', '100000')
  .option('--sequences <count>', 'of operations beside the model', '100000')
  .option('--process-kills <count>', 'at each point of each request', '100')
  .option('--database-kills <count>', 'of PostgreSQL under load', '50')
  .option('--seed <number>', 'of the sequences', String(systemRandomness.below(2 ** 31)))
  .parse()
const options = program.opts<Record<string, string>>()
const count = (name: string) => Number(options[name])

const cluster = await startMortalCluster()
const newId = createNewId(systemClock)
const random = systemRandomness.below
const rows: Record<string, string | number>[] = []

async function torture(run: () => Promise<TortureReport>): Promise<void> {
  const startedAt = performance.now()
  const { name, problems, figures } = await run()
  const { breaches, examples } = await audit()
  rows.push({
    torture: name,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    figures: Object.entries(figures)
      .map(([figure, value]) => `${figure} ${value.toLocaleString('en')}`)
      .join(', '),
    problems: problems.length,
    audit: breaches,
  })
  for (const problem of [...problems, ...examples].slice(0, 20)) console.error(problem)
  if (problems.length > 0 || breaches > 0) process.exitCode = 1
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

/** With a pool of its own: PostgreSQL may be elsewhere after it was killed. */
async function withWorld(poolSizeMax: number, run: (world: TortureWorld) => Promise<TortureReport>) {
  const db = connectDatabase<Tables>({ url: cluster.url(), poolSizeMax, logger: silentLogger })
  try {
    return await run({ db, clock: systemClock, newId, parts: SOUND_PARTS })
  } finally {
    await db.destroy()
  }
}

/** Beside the model: time in the sequences is their own, and all that is held is free again at the end of each. */
async function sequences({ db }: TortureWorld): Promise<TortureReport> {
  const [runs, seed] = [count('sequences'), count('seed')]
  const problem = await runSequences({ db, newId, runs, seed }).then(
    () => null,
    (error: Error) => error.message,
  )
  return { name: 'model', problems: problem === null ? [] : [problem], figures: { sequences: runs, seed } }
}

try {
  await torture(() => withWorld(64, (w) => tortureTransfers(w, { transfers: count('transfers'), clients: 64, random })))
  await torture(() => withWorld(64, (w) => tortureDoubleSpend(w, { rounds: count('rounds'), atOnce: 500, random })))
  await torture(() => withWorld(64, (w) => tortureKeys(w, { keys: count('keys'), times: 8, clients: 8 })))
  await torture(() => withWorld(20, sequences))
  await torture(() =>
    withWorld(8, (w) => tortureProcessKills(w, { url: cluster.url(), rounds: count('processKills'), atOnce: 4 })),
  )
  await torture(() =>
    tortureDatabaseKills(
      { clock: systemClock, newId, parts: SOUND_PARTS },
      { database: cluster, kills: count('databaseKills'), requests: 500, clients: 16 },
    ),
  )
  console.table(rows)
} finally {
  await cluster.stop()
}
