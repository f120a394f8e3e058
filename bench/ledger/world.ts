import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrateAll } from '../../cli/migrations.ts'
import { createPool } from '../../platform/database/connect.ts'
import { type EmbeddedCluster, startCluster } from '../../platform/database/embedded/cluster.ts'
import { silentLogger } from '../../platform/logger.ts'
import { mapSubgraphs, roleName, type SubgraphName } from '../../platform/subgraph/name.ts'
import type { Crowd } from '../home/world/crowd.ts'
import { fillWorld } from '../home/world/fill.ts'
import { createKeys, type Keys } from '../home/world/keys.ts'

/** A database of people with money, as durable as an operator's. */
export interface LedgerWorld {
  readonly folder: string
  readonly keys: Keys
  readonly crowd: Crowd
  readonly lineIds: readonly string[]
  readonly adminUrl: string
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>
  /** Done when the world is closed, the last first. */
  onClose(close: () => Promise<unknown>): void
  close(): Promise<void>
}

const DATABASE = 'bench'
/** As the application's own cluster is set, durability included: what is measured is what an operator gets. */
const SETTINGS = { max_connections: '400', shared_buffers: '256MB', max_wal_size: '2GB' }
const CROWD: Crowd = { linesEach: 1, firstAccount: 1, accountCount: 10_000 }

export async function createLedgerWorld(): Promise<LedgerWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cabinet-bench-'))
  const cluster = await startCluster({
    dataDirectory: path.join(folder, 'data'),
    isDurable: true,
    settings: SETTINGS,
    foldersToRemove: [folder],
  })
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true }), () => cluster.stop()]
  return {
    folder,
    keys: await createKeys(),
    crowd: CROWD,
    lineIds: await fill(cluster),
    adminUrl: cluster.url(DATABASE),
    databaseUrls: mapSubgraphs((name) => cluster.url(DATABASE, roleName(name))),
    onClose: (close) => closing.push(close),
    async close() {
      for (const close of closing.reverse()) await close()
    },
  }
}

async function fill(cluster: EmbeddedCluster): Promise<string[]> {
  const server = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await server.query(`create database ${DATABASE}`)
  await server.end()
  await migrateAll({ adminUrl: cluster.url(DATABASE), passwords: mapSubgraphs(() => null), logger: silentLogger })
  await fillWorld(cluster.url(DATABASE), [CROWD])
  const pool = createPool({ url: cluster.url(DATABASE), poolSizeMax: 1, logger: silentLogger })
  await pool.query(TOP_UP)
  await pool.query('vacuum analyze')
  const { rows } = await pool.query<{ id: string }>('select id from linked_numbers.line order by id')
  await pool.end()
  return rows.map(({ id }) => id)
}

/** Nobody runs out of money. */
const TOP_UP = `
  with posted as (
    insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
    select id, gen_random_uuid(), 'TOP_UP', 'bench', now(), now() from linked_numbers.line returning line_id, id
  )
  insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
  select line_id, id, 'KOPECK', 'CARD_ACQUIRING', 'CUSTOMER', 1000000000 from posted`
