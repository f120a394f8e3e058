import type { TestProject } from 'vitest/node'
import { createPool } from '../../platform/database/connect.ts'
import { startThrowawayCluster } from '../../platform/database/embedded/throwaway-cluster.ts'
import { silentLogger } from '../../platform/logger.ts'
import { mapSubgraphs } from '../../platform/subgraph/name.ts'
import { migrateAll } from '../migrations.ts'

/** The database that each test file gets a copy of: all tables, and no rows but those that come with the product. */
export const EMPTY_TEMPLATE = 'template_empty'

/** One PostgreSQL for the whole run, gone with it. Its templates are made once; a copy of one takes some 30 ms. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startThrowawayCluster({ settings: { max_connections: '300' } })
  const maintenanceUrl = cluster.url('postgres')
  const pool = createPool({ url: maintenanceUrl, poolSizeMax: 1, logger: silentLogger })
  await pool.query(`create database ${EMPTY_TEMPLATE}`)
  await migrateAll({ adminUrl: cluster.url(EMPTY_TEMPLATE), passwords: mapSubgraphs(() => null), logger: silentLogger })
  await pool.end()
  project.provide('postgresUrl', maintenanceUrl)
  return () => cluster.stop()
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The maintenance database of the run's PostgreSQL, as its superuser. */
    postgresUrl: string
  }
}
