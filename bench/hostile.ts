import { Command } from 'commander'
import { migrateAll } from '../cli/migrations.ts'
import { createOneProcess } from '../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../cli/project.ts'
import { tortureHostile } from '../cli/testing/hostile-torture.ts'
import { ALL_OPERATIONS } from '../gateway/gateway.ts'
import { systemClock } from '../platform/clock.ts'
import { createPool } from '../platform/database/connect.ts'
import { startThrowawayCluster } from '../platform/database/embedded/throwaway-cluster.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { generatePrivateKey, signingKey } from '../platform/identity/keys.ts'
import { createSecrets } from '../platform/identity/secrets.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import { mapSubgraphs } from '../platform/subgraph/name.ts'

const CPU_MS_MAX = 50
const HEAP_GROWTH_MEGABYTES_MAX = 32

const program = new Command('hostile')
  .description('hostile requests, one after another: each is to be refused or answered, cheaply, and nothing to stay')
  .option('--count <requests>', 'how many', '100000')
  .option('--seed <text>', 'what comes is decided by it', 'long')
  .parse()
const { count, seed } = program.opts<{ count: string; seed: string }>()

const cluster = await startThrowawayCluster({ settings: { max_connections: '100' } })
const adminUrl = cluster.url('postgres')
await migrateAll({ adminUrl, passwords: mapSubgraphs(() => null), logger: silentLogger })
const keys = { keys: [await generatePrivateKey('development.accounts.1')] }
const newId = createNewId(systemClock)
const cabinet = await createOneProcess({
  databaseUrls: mapSubgraphs((name) => roleUrl(adminUrl, name)),
  clock: systemClock,
  newId,
  logger: silentLogger,
  currencyCode: 'RUB',
  accessTokenKeys: keys,
  accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
  isDevelopment: false,
  operations: ALL_OPERATIONS,
  supergraphPath: SUPERGRAPH_PATH,
})
const pool = createPool({ url: adminUrl, poolSizeMax: 1, logger: silentLogger })
const accountId = newId()
await pool.query(
  `insert into accounts.account (id, kind, display_name, language, customer_ref) values ($1, 'INDIVIDUAL', 'A', 'ru', 'C-1')`,
  [accountId],
)
await pool.end()
const principal = {
  kind: 'account',
  accountId,
  personId: accountId,
  sessionId: newId(),
  organizationRole: null,
} as const
const token = await signAccessToken(principal, await signingKey(keys), systemClock, 86_400)

try {
  const { broken, dearest, ...figures } = await tortureHostile({ cabinet, token, seed, count: Number(count) })
  const tooDear = dearest.filter(({ cpuMs }) => cpuMs > CPU_MS_MAX)
  const { early, late } = figures.heapMegabytes
  console.info(JSON.stringify({ ...figures, broken: broken.length, tooDear: tooDear.length }, null, 2))
  console.table(dearest.slice(0, 15).map(({ cpuMs, ...one }) => ({ ...one, cpuMs: Math.round(cpuMs * 10) / 10 })))
  for (const problem of broken.slice(0, 20)) console.error(problem)
  process.exitCode = broken.length + tooDear.length === 0 && late - early <= HEAP_GROWTH_MEGABYTES_MAX ? 0 : 1
} finally {
  await cabinet.close()
  await cluster.stop()
}

function roleUrl(url: string, name: string): string {
  const role = new URL(url)
  role.username = `cabinet_${name.replace('-', '_')}`
  return role.href
}
