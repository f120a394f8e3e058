import { threadId } from 'node:worker_threads'
import { inject } from 'vitest'
import { createPool } from '../../platform/database/connect.ts'
import { silentLogger } from '../../platform/logger.ts'
import { mapSubgraphs, roleName, type SubgraphName } from '../../platform/subgraph/name.ts'
import { EMPTY_TEMPLATE } from './global-setup.ts'

/** A database of a test's own. */
export interface TestDatabase {
  readonly adminUrl: string
  readonly urls: Readonly<Record<SubgraphName, string>>
  /** Runs SQL as the owner of the tables: how a test makes rows and looks at what is stored. */
  sql<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>
  drop(): Promise<void>
}

let made = 0

/** Copies a template: all tables of all subgraphs, and nothing that another test left. */
export async function createTestDatabase(template: string = EMPTY_TEMPLATE): Promise<TestDatabase> {
  const name = `test_${process.pid}_${threadId}_${++made}`
  await maintain(`create database ${name} template ${template}`)
  const adminUrl = databaseUrl(name, null)
  const pool = createPool({ url: adminUrl, poolSizeMax: 4, logger: silentLogger })
  return {
    adminUrl,
    urls: mapSubgraphs((subgraph) => databaseUrl(name, roleName(subgraph))),
    sql: async (text, values = []) => (await pool.query(text, [...values])).rows,
    async drop() {
      await pool.end()
      await maintain(`drop database ${name} with (force)`)
    },
  }
}

async function maintain(statement: string): Promise<void> {
  const pool = createPool({ url: inject('postgresUrl'), poolSizeMax: 1, logger: silentLogger })
  try {
    await pool.query(statement)
  } finally {
    await pool.end()
  }
}

function databaseUrl(database: string, role: string | null): string {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${database}`
  if (role !== null) url.username = role
  return url.href
}
