import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { silentLogger } from '../logger.ts'
import { createPool } from './connect.ts'
import { prepareStatement } from './prepared-statement.ts'
import { createReader, type Reader } from './reader.ts'

const DOUBLE = prepareStatement<{ readonly value: number }, { readonly doubled: number }>(
  'double',
  ({ value }) => sql`select ${value}::int * 2 as doubled`,
)
const DIVIDE = prepareStatement<{ readonly by: number }, { readonly quotient: number }>(
  'divide',
  ({ by }) => sql`select 100 / ${by}::int as quotient`,
)
const BACKEND = prepareStatement<object, { readonly pid: number }>('backend', () => sql`select pg_backend_pid() as pid`)

describe('a reader', () => {
  let reader: Reader
  const admin = () => createPool({ url: inject('postgresUrl'), poolSizeMax: 1, logger: silentLogger })

  beforeAll(() => {
    reader = createReader({ url: inject('postgresUrl'), connections: 2, logger: silentLogger })
  })
  afterAll(() => reader.close())

  it('answers many statements over few connections, each with its own rows', async () => {
    const values = Array.from({ length: 500 }, (_, value) => value)
    const rows = await Promise.all(values.map((value) => reader.read(DOUBLE, { value })))
    expect(rows.map(([row]) => row?.doubled)).toEqual(values.map((value) => value * 2))
    const pids = await Promise.all(values.map(() => reader.read(BACKEND, {})))
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBe(2)
  })

  it('fails one statement without failing those beside it', async () => {
    const outcomes = await Promise.allSettled([4, 0, 5, 0, 10].map((by) => reader.read(DIVIDE, { by })))
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value[0]?.quotient : 'failed'))).toEqual(
      [25, 'failed', 20, 'failed', 10],
    )
  })

  it('sends a statement again when its connection is taken away, and goes on', async () => {
    const pids = await Promise.all([reader.read(BACKEND, {}), reader.read(BACKEND, {})])
    const pool = admin()
    await pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids.map(([row]) => row?.pid)])
    await pool.end()
    const rows = await Promise.all(Array.from({ length: 20 }, (_, value) => reader.read(DOUBLE, { value })))
    expect(rows.map(([row]) => row?.doubled)).toEqual(Array.from({ length: 20 }, (_, value) => value * 2))
  })

  it('says so when there is no database', async () => {
    const lost = createReader({ url: 'postgresql://cabinet@127.0.0.1:1/none', logger: silentLogger })
    await expect(lost.read(DOUBLE, { value: 1 })).rejects.toThrow()
    await lost.close()
  })
})
