import { Command } from 'commander'
import { migrateAll } from '../cli/migrations.ts'
import { tortureStreams } from '../cli/testing/streams-torture.ts'
import { createPool } from '../platform/database/connect.ts'
import { startThrowawayCluster } from '../platform/database/embedded/throwaway-cluster.ts'
import { silentLogger } from '../platform/logger.ts'
import { mapSubgraphs } from '../platform/subgraph/name.ts'

const program = new Command('streams')
  .description('many clients follow many lines while processes are killed; each is to see each change once, in order')
  .option('--lines <count>', 'lines, with five clients each', '200')
  .option('--changes <count>', 'changes of each line', '50')
  .option('--pause <milliseconds>', 'between two changes', '2')
  .parse()
const { lines, changes, pause } = program.opts<{ lines: string; changes: string; pause: string }>()

const cluster = await startThrowawayCluster({ settings: { max_connections: '100' } })
try {
  const adminUrl = cluster.url('postgres')
  await migrateAll({ adminUrl, passwords: mapSubgraphs(() => null), logger: silentLogger })
  const pool = createPool({ url: adminUrl, poolSizeMax: 2, logger: silentLogger })
  const report = await tortureStreams({
    database: { adminUrl, sql: async (text, values = []) => (await pool.query(text, [...values])).rows },
    lines: Number(lines),
    changesOfLine: Number(changes),
    pauseMs: Number(pause),
  })
  await pool.end()
  const { problems, ...figures } = report
  console.info(JSON.stringify({ ...figures, problems: problems.length }, null, 2))
  for (const problem of problems.slice(0, 20)) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  await cluster.stop()
}
