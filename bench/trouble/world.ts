import { readFileSync } from 'node:fs'
import type { JSONWebKeySet } from 'jose'
import { migrateAll } from '../../cli/migrations.ts'
import { insertAccount, insertCatalogue, insertLine } from '../../cli/testing/fixture.ts'
import { type Installation, type InstallationOptions, startInstallation } from '../../cli/testing/installation.ts'
import type { TestDatabase } from '../../cli/testing/test-database.ts'
import { systemClock } from '../../platform/clock.ts'
import { createPool } from '../../platform/database/connect.ts'
import { startThrowawayCluster } from '../../platform/database/embedded/throwaway-cluster.ts'
import { signAccessToken } from '../../platform/identity/access-token.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import { silentLogger } from '../../platform/logger.ts'
import { mapSubgraphs, roleName } from '../../platform/subgraph/name.ts'
import type { LoadViewer } from '../home/load/messages.ts'

export const HOME = readFileSync(new URL('../../schema/operations/home.graphql', import.meta.url), 'utf8')

/** The product in five processes over a database of its own, with customers who have a line or two each. */
export interface World {
  readonly installation: Installation
  readonly viewers: readonly LoadViewer[]
  close(): Promise<void>
}

/** So many that equal queries hardly come within the moment in which they share an answer. */
const CUSTOMERS = 500
const LINES_OF_EACH = 2

export async function openWorld(options: Omit<InstallationOptions, 'database'>): Promise<World> {
  const cluster = await startThrowawayCluster({ settings: { max_connections: '200' } })
  const adminUrl = cluster.url('postgres')
  await migrateAll({ adminUrl, passwords: mapSubgraphs(() => null), logger: silentLogger })
  const pool = createPool({ url: adminUrl, poolSizeMax: 2, logger: silentLogger })
  const database = createDatabase(adminUrl, pool)
  const installation = await startInstallation({ database, ...options })
  const viewers = await fill(database, installation)
  return {
    installation,
    viewers,
    async close() {
      await installation.close()
      await pool.end()
      await cluster.stop()
    },
  }
}

function createDatabase(adminUrl: string, pool: ReturnType<typeof createPool>): TestDatabase {
  return {
    adminUrl,
    urls: mapSubgraphs((name) => {
      const url = new URL(adminUrl)
      url.username = roleName(name)
      return url.href
    }),
    sql: async (text, values = []) => (await pool.query(text, [...values])).rows,
    drop: async () => undefined,
  }
}

async function fill(database: TestDatabase, { keys }: Installation): Promise<LoadViewer[]> {
  await insertCatalogue(database)
  const signer = await signingKey(JSON.parse(keys['ACCESS_TOKEN_KEYS'] ?? '') as JSONWebKeySet)
  const viewers: LoadViewer[] = []
  for (let number = 1; number <= CUSTOMERS; number++) {
    const accountId = await insertAccount(database, { number })
    for (let line = 0; line < LINES_OF_EACH; line++) {
      await insertLine(database, { number: number * LINES_OF_EACH + line, ownerId: accountId })
    }
    const principal = {
      kind: 'account',
      accountId,
      personId: accountId,
      sessionId: `s${number}`,
      organizationRole: null,
    } as const
    viewers.push({ accountId, token: await signAccessToken(principal, signer, systemClock, 86_400) })
  }
  return viewers
}
