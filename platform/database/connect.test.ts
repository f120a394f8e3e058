import { sql } from 'kysely'
import { expect, inject, it } from 'vitest'
import { silentLogger } from '../logger.ts'
import { connectDatabase } from './connect.ts'

it('outlives a connection that breaks between two statements of a transaction', async () => {
  const db = connectDatabase<unknown>({ url: inject('postgresUrl'), logger: silentLogger, poolSizeMax: 2 })
  const broken = db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db)
    // The news of the break arrives while nothing is being asked on the connection.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await sql`select 1`.execute(trx)
  })
  await expect(broken).rejects.toThrow()
  expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
  await db.destroy()
})

it('lets the server end what was left in the middle of a transaction, and what waits for its locks', async () => {
  const db = connectDatabase<unknown>({ url: inject('postgresUrl'), logger: silentLogger, poolSizeMax: 1 })
  const names = ['lock_timeout', 'idle_in_transaction_session_timeout']
  const { rows } = await sql`select name, setting from pg_settings where name = any(${names}) order by name`.execute(db)
  await db.destroy()
  expect(rows).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: '60000' },
    { name: 'lock_timeout', setting: '4000' },
  ])
})
