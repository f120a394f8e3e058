import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrateAll } from '../../../../cli/migrations.ts'
import { createPool } from '../../../../platform/database/connect.ts'
import { startCluster } from '../../../../platform/database/embedded/cluster.ts'
import { readPostmaster } from '../../../../platform/database/embedded/postmaster.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { mapSubgraphs, roleName } from '../../../../platform/subgraph/name.ts'
import type { MortalDatabase } from './database-kills.ts'

const SETTINGS = { max_connections: '100', shared_buffers: '64MB' }

export interface MortalCluster extends MortalDatabase {
  /** As the tables' owner reaches it. */
  adminUrl(): string
  stop(): Promise<void>
}

/** A durable PostgreSQL of its own, with the tables of the product, that is killed and started again. */
export async function startMortalCluster(): Promise<MortalCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cabinet-torture-'))
  const start = () => startCluster({ dataDirectory: path.join(folder, 'data'), isDurable: true, settings: SETTINGS })
  let cluster = await start()
  const dead: (typeof cluster)[] = []
  const pool = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await pool.query('create database torture')
  await pool.end()
  await migrateAll({ adminUrl: cluster.url('torture'), passwords: mapSubgraphs(() => null), logger: silentLogger })
  return {
    url: () => cluster.url('torture', roleName('payments')),
    adminUrl: () => cluster.url('torture'),
    async killAndRestart() {
      const pid = readPostmaster(cluster.dataDirectory)?.pid
      if (pid === undefined) throw new Error('there is no server to kill')
      process.kill(pid, 'SIGKILL')
      dead.push(cluster)
      cluster = await start()
    },
    async stop() {
      for (const stopped of [...dead, cluster]) await stopped.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
