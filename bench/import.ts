import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { runImport } from '../cli/import/import.ts'
import { withLoaders } from '../cli/import/loaders.ts'
import { createProgress } from '../cli/import/progress.ts'
import { formatSummary } from '../cli/import/summary.ts'
import { generateBase } from '../cli/import/testing/generate-base.ts'
import { migrateAll } from '../cli/migrations.ts'
import { processTerminal, step } from '../cli/terminal.ts'
import { systemClock } from '../platform/clock.ts'
import { createPool } from '../platform/database/connect.ts'
import { startCluster } from '../platform/database/embedded/cluster.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import { mapSubgraphs, roleName, type SubgraphName } from '../platform/subgraph/name.ts'

const CURRENCY = 'RUB'
/** As the application's own cluster is set, durability included: what is measured is what an operator gets. */
const SETTINGS = { max_connections: '100', shared_buffers: '256MB', max_wal_size: '2GB' }

const program = new Command('import')
  .description('generate a base and import it into a cluster of its own, which is thrown away after')
  .option('--lines <count>', 'how many lines', '1000000')
  .option('--seed <number>', 'what chance follows from', '1')
  .parse()
const { lines, seed } = program.opts<{ lines: string; seed: string }>()

const folder = await mkdtemp(join(tmpdir(), 'cabinet-bench-'))
try {
  const directory = join(folder, 'base')
  await step(processTerminal, `a base of ${Number(lines).toLocaleString('en')} lines`, () =>
    generateBase({ directory, lineCount: Number(lines), seed: Number(seed) }),
  )
  await measure(directory)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function measure(directory: string): Promise<void> {
  const cluster = await startCluster({
    dataDirectory: join(folder, 'postgres'),
    isDurable: true,
    settings: SETTINGS,
    foldersToRemove: [join(folder, 'postgres')],
  })
  try {
    await createDatabase(cluster.url('postgres'))
    await migrateAll({
      adminUrl: cluster.url('bench'),
      passwords: mapSubgraphs(() => null),
      logger: silentLogger,
    })
    await importBase(
      directory,
      mapSubgraphs((name) => cluster.url('bench', roleName(name))),
    )
  } finally {
    await cluster.stop()
  }
}

async function createDatabase(url: string): Promise<void> {
  const pool = createPool({ url, poolSizeMax: 1, logger: silentLogger })
  await pool.query('create database bench')
  await pool.end()
}

async function importBase(directory: string, databases: Record<SubgraphName, string>): Promise<void> {
  const clock = systemClock
  const loading = { databases, clock, newId: createNewId(clock), logger: silentLogger }
  const report = await withLoaders(loading, (loaders) =>
    runImport({
      directory,
      rejectsPath: join(folder, 'rejects.csv'),
      loaders,
      currency: CURRENCY,
      progress: createProgress(process.stderr, clock),
      clock,
    }),
  )
  processTerminal.result(formatSummary(report, CURRENCY))
  const { heapUsed, rss } = process.memoryUsage()
  processTerminal.result(`Memory: ${Math.round(rss / 2 ** 20)} MiB, ${Math.round(heapUsed / 2 ** 20)} MiB of it heap.`)
}
