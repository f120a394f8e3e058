import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Pool } from 'pg'
import { runImport } from '../cli/import/import.ts'
import { withLoaders } from '../cli/import/loaders.ts'
import { createProgress } from '../cli/import/progress.ts'
import { generateBase } from '../cli/import/testing/generate-base.ts'
import { migrateAll } from '../cli/migrations.ts'
import { createOneProcess, type OneProcess } from '../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../cli/project.ts'
import { processTerminal, step } from '../cli/terminal.ts'
import { ALL_OPERATIONS } from '../gateway/gateway.ts'
import { systemClock } from '../platform/clock.ts'
import { createPool } from '../platform/database/connect.ts'
import { type EmbeddedCluster, startCluster } from '../platform/database/embedded/cluster.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { generatePrivateKey, signingKey } from '../platform/identity/keys.ts'
import { createSecrets } from '../platform/identity/secrets.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import { mapSubgraphs, roleName, type SubgraphName } from '../platform/subgraph/name.ts'
import { cpuBetween, readCpu } from './home/cpu.ts'
import { spreadOf } from './home/statistics.ts'

/** What a server for a base of a million lines would be given: durability included, and the busy part of it in memory. */
const SETTINGS = { max_connections: '100', shared_buffers: '1GB', max_wal_size: '4GB' }
const VIEWERS = 2_000
const REQUESTS_A_ROUND = 4_000
const REQUESTS_AT_ONCE = 16
const SEED = 1

const program = new Command('growth')
  .description('the cost of the home query over a small base and a large one, in turns')
  .option('--small <lines>', 'lines of the small base', '10000')
  .option('--large <lines>', 'lines of the large base', '1000000')
  .option('--rounds <count>', 'how many times each is measured', '8')
  .parse()
const { small, large, rounds } = program.opts<{ small: string; large: string; rounds: string }>()

/** A base that was imported, and the product over it. */
interface World {
  readonly lineCount: number
  readonly cabinet: OneProcess
  readonly tokens: readonly string[]
  readonly admin: Pool
}

const folder = await mkdtemp(join(tmpdir(), 'cabinet-growth-'))
const cluster = await startCluster({
  dataDirectory: join(folder, 'postgres'),
  isDurable: true,
  settings: SETTINGS,
  foldersToRemove: [join(folder, 'postgres')],
})
try {
  await report([await createWorld(cluster, Number(small)), await createWorld(cluster, Number(large))])
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}

async function report(worlds: readonly World[]): Promise<void> {
  const query = await readFile(new URL('../schema/operations/home.graphql', import.meta.url), 'utf8')
  const costs = new Map<World, number[]>(worlds.map((world) => [world, []]))
  for (let round = 0; round <= Number(rounds); round++) {
    for (const world of round % 2 === 0 ? worlds : worlds.toReversed()) {
      const cpuMs = await measure(world, query)
      // The first round warms up both.
      if (round > 0) costs.get(world)?.push(cpuMs)
    }
  }
  const medians = worlds.map((world) => {
    const { median, min, max } = spreadOf(costs.get(world) ?? [])
    processTerminal.result(
      `${world.lineCount.toLocaleString('en')} lines: ${median.toFixed(3)} ms of CPU a home query (${min.toFixed(3)}–${max.toFixed(3)})`,
    )
    return median
  })
  processTerminal.result(`growth: ${(((medians[1] ?? 0) / (medians[0] ?? 1) - 1) * 100).toFixed(1)} %`)
  for (const { cabinet, admin } of worlds) {
    await cabinet.close()
    await admin.end()
  }
}

/** CPU of this process and of the database's own for one request, on the average of a round. */
async function measure({ cabinet, tokens, admin }: World, query: string): Promise<number> {
  const pids = [process.pid, ...(await backendPids(admin))]
  const before = readCpu(pids)
  let asked = 0
  const work = async (): Promise<void> => {
    while (asked < REQUESTS_A_ROUND) {
      const token = tokens[(asked++ * 7_919) % tokens.length]
      const response = await cabinet.gateway.http.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: `Bearer ${token}` },
        payload: { query },
      })
      if (response.statusCode !== 200 || response.body.includes('"errors"')) throw new Error(response.body)
    }
  }
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work))
  return cpuBetween(before, readCpu(pids)) / REQUESTS_A_ROUND
}

async function backendPids(admin: Pool): Promise<number[]> {
  const { rows } = await admin.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  return rows.map((row) => row.pid)
}

async function createWorld(server: EmbeddedCluster, lineCount: number): Promise<World> {
  const database = `growth_${lineCount}`
  const maintenance = createPool({ url: server.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await maintenance.query(`create database ${database}`)
  await maintenance.end()
  await migrateAll({ adminUrl: server.url(database), passwords: mapSubgraphs(() => null), logger: silentLogger })
  const databases = mapSubgraphs((name) => server.url(database, roleName(name)))
  await importBase(databases, lineCount)
  const admin = createPool({ url: server.url(database), poolSizeMax: 1, logger: silentLogger })
  await step(processTerminal, 'vacuum', () => admin.query('vacuum analyze'))
  return { lineCount, admin, ...(await open(databases, admin)) }
}

async function importBase(databases: Record<SubgraphName, string>, lineCount: number): Promise<void> {
  const directory = join(folder, `base-${lineCount}`)
  await step(processTerminal, `a base of ${lineCount.toLocaleString('en')} lines`, () =>
    generateBase({ directory, lineCount, seed: SEED }),
  )
  const clock = systemClock
  await withLoaders({ databases, clock, newId: createNewId(clock), logger: silentLogger }, (loaders) =>
    runImport({
      directory,
      rejectsPath: join(folder, 'rejects.csv'),
      loaders,
      currency: 'RUB',
      progress: createProgress(process.stderr, clock),
      clock,
    }),
  )
  await rm(directory, { recursive: true })
}

async function open(
  databaseUrls: Record<SubgraphName, string>,
  admin: Pool,
): Promise<Pick<World, 'cabinet' | 'tokens'>> {
  const keys = { keys: [await generatePrivateKey('development.accounts.1')] }
  const signer = await signingKey(keys)
  const cabinet = await createOneProcess({
    databaseUrls,
    clock: systemClock,
    newId: createNewId(systemClock),
    logger: silentLogger,
    currencyCode: 'RUB',
    accessTokenKeys: keys,
    accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
    isDevelopment: false,
    operations: ALL_OPERATIONS,
    supergraphPath: SUPERGRAPH_PATH,
    subgraphTimeoutMs: 60_000,
  })
  const { rows } = await admin.query<{ account_id: string }>(
    `select owner_account_id as account_id from linked_numbers.line
     group by owner_account_id having count(*) = 2 order by md5(owner_account_id::text) limit ${VIEWERS}`,
  )
  const tokens = rows.map(({ account_id: accountId }) =>
    signAccessToken(
      { kind: 'account', accountId, personId: accountId, sessionId: 'bench', organizationRole: null },
      signer,
      systemClock,
      36_000,
    ),
  )
  return { cabinet, tokens: await Promise.all(tokens) }
}
