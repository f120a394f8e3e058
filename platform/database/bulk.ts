import type pg from 'pg'
import { type CopyValue, copyRows } from './copy.ts'

const ATTEMPTS_MAX = 5

/** Another transaction was in the way; the same batch run again does what is left of it. */
const RETRIED_CODES = new Set(['40001', '40P01'])

/**
 * Runs one batch in one transaction, again when another transaction got in its way: the batch must be idempotent.
 * Looking up thousands of keys is meant to go through the index whatever the statistics of a table that grows by the
 * second say, hence no sequential scans.
 */
export async function inBulkTransaction<Result>(
  pool: pg.Pool,
  batch: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runBatch(pool, batch)
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !RETRIED_CODES.has(String((error as pg.DatabaseError).code))) throw error
    }
  }
}

async function runBatch<Result>(pool: pg.Pool, batch: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let isBroken = true
  // A connection that breaks between two statements tells so here; the statement that follows fails and is reported.
  const onError = () => undefined
  client.on('error', onError)
  try {
    await client.query(`begin; set local enable_seqscan = off; set local jit = off; set local time zone 'UTC'`)
    const result = await batch(client)
    await client.query('commit')
    isBroken = false
    return result
  } catch (error) {
    isBroken = await client.query('rollback').then(
      () => false,
      () => true,
    )
    throw error
  } finally {
    client.off('error', onError)
    client.release(isBroken)
  }
}

/** The columns of a staging table and their types, in the order of the rows' cells. */
export type StagingColumns = Readonly<Record<string, string>>

/** Copies rows into a temporary table of this connection that is empty again when the transaction ends. */
export async function stageRows(
  client: pg.ClientBase,
  name: string,
  columns: StagingColumns,
  rows: Iterable<readonly CopyValue[]>,
): Promise<number> {
  const definitions = Object.entries(columns).map(([column, type]) => `${column} ${type}`)
  await client.query(`create temp table if not exists ${name} (${definitions.join(', ')}) on commit delete rows`)
  return copyRows(client, { table: `pg_temp.${name}`, columns: Object.keys(columns) }, rows)
}
