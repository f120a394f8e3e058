import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPool } from '../platform/database/connect.ts'
import type { EmbeddedCluster } from '../platform/database/embedded/cluster.ts'
import { startThrowawayCluster } from '../platform/database/embedded/throwaway-cluster.ts'
import { subgraphLogins } from '../platform/database/subgraph-logins.ts'
import { silentLogger } from '../platform/logger.ts'
import { roleName, SUBGRAPH_NAMES, schemaName } from '../platform/subgraph/name.ts'
import { runChild } from './testing/child.ts'

const OLD = { NODE_ENV: 'production', ...passwords('old-password-1_Of-') }
const NEW = { NODE_ENV: 'production', ...passwords('p@ss:w/o?r#d %of ') }

function passwords(prefix: string): Record<string, string> {
  return Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [`${schemaName(name).toUpperCase()}_DATABASE_PASSWORD`, `${prefix}${name}`]),
  )
}

/** A server as people run them: it asks the subgraphs' roles for passwords, by SCRAM. */
describe('the passwords of login roles', { timeout: 60_000 }, () => {
  let cluster: EmbeddedCluster
  let adminUrl: string

  beforeAll(async () => {
    cluster = await startThrowawayCluster()
    adminUrl = cluster.url('cabinet')
    const admin = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
    await admin.query('create database cabinet')
    const rules = path.join(cluster.dataDirectory, 'pg_hba.conf')
    writeFileSync(rules, `local all cabinet trust\nlocal all all scram-sha-256\n${readFileSync(rules, 'utf8')}`)
    await admin.query('select pg_reload_conf()')
    await admin.end()
  }, 60_000)
  afterAll(() => cluster.stop())

  const migrate = (variables: Record<string, string>) =>
    runChild('cli/main.ts', ['migrate'], { ...variables, DATABASE_URL: adminUrl })

  /** What the server says to a login and a statement: null when nothing is wrong. */
  async function attempt(url: string, statement = 'select 1'): Promise<string | null> {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.query(statement)
      return null
    } catch (error) {
      return String((error as pg.DatabaseError).code)
    } finally {
      await client.end()
    }
  }
  const INVALID_PASSWORD = '28P01'
  const INSUFFICIENT_PRIVILEGE = '42501'

  it('are set by `migrate`, so that each subgraph can log in and no wrong password does', async () => {
    const { exitCode, errorOutput, output } = await migrate(OLD)
    expect(exitCode).toBe(0)
    expect(`${output}${errorOutput}`).not.toContain('old-password')
    const logins = subgraphLogins(adminUrl, OLD)
    for (const name of SUBGRAPH_NAMES) {
      expect(await attempt(logins[name].url)).toBeNull()
      const wrong = new URL(logins[name].url)
      wrong.password = 'wrong'
      expect(await attempt(wrong.href)).toBe(INVALID_PASSWORD)
    }
  })

  it('open a subgraph’s own tables and nobody else’s', async () => {
    const logins = subgraphLogins(adminUrl, OLD)
    for (const [index, name] of SUBGRAPH_NAMES.entries()) {
      const other = SUBGRAPH_NAMES[(index + 1) % SUBGRAPH_NAMES.length] ?? name
      const { url } = logins[name]
      const table = { accounts: 'account', 'linked-numbers': 'line', products: 'offering', payments: 'ledger_balance' }
      expect(await attempt(url, `select * from ${table[name]} limit 1`)).toBeNull()
      expect(await attempt(url, `select * from ${schemaName(other)}.${table[other]}`)).toBe(INSUFFICIENT_PRIVILEGE)
      expect(await attempt(url, `drop table ${table[name]}`)).toBe(INSUFFICIENT_PRIVILEGE)
      expect(await attempt(url, `alter role ${roleName(other)} password 'mine'`)).toBe(INSUFFICIENT_PRIVILEGE)
    }
  })

  it('are changed by running it again, whatever characters they hold', async () => {
    expect((await migrate(NEW)).exitCode).toBe(0)
    const [old, fresh] = [subgraphLogins(adminUrl, OLD), subgraphLogins(adminUrl, NEW)]
    for (const name of SUBGRAPH_NAMES) {
      expect(await attempt(fresh[name].url)).toBeNull()
      expect(await attempt(old[name].url)).toBe(INVALID_PASSWORD)
    }
  })
})
