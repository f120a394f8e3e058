import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectDatabase } from '../platform/database/connect.ts'
import { createJobs, type JobQueue, type Jobs } from '../platform/jobs/jobs.ts'
import { jobsSchema } from '../platform/jobs/migrate-jobs.ts'
import { watchedLogger } from '../platform/testing/log-watch.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }
const QUEUE: JobQueue = {
  name: 'of-a-test',
  retryLimit: 1,
  retryDelaySeconds: 1,
  retryDelaySecondsMax: 1,
  expireSeconds: 60,
  heartbeatSeconds: 10,
}

let database: TestDatabase
let db: Kysely<object>
let jobs: Jobs
const done: unknown[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectDatabase({ url: database.urls.payments, logger: watchedLogger })
  jobs = createJobs({
    url: database.urls.payments,
    schema: jobsSchema('payments'),
    logger: watchedLogger,
    pollSeconds: 0.5,
  })
  jobs.start(new Map([[QUEUE, async ({ data }) => void done.push(data)]]))
})

afterAll(async () => {
  await jobs.stop()
  await db.destroy()
  await database.drop()
})

const send = (data: object, name?: string) =>
  db.transaction().execute((trx) => jobs.send(trx, QUEUE, { data, ...(name !== undefined && { name }) }))

describe('jobs', () => {
  it('of one name are left once: at once, and again when it is done', async () => {
    await Promise.all([1, 2, 3].map(() => send({ of: 'one name' }, 'one')))
    await send({ of: 'another' }, 'another')
    await vi.waitFor(() => expect(done).toHaveLength(2), PATIENCE)
    await send({ of: 'one name' }, 'one')
    await send({ of: 'none' })
    await send({ of: 'none' })
    await vi.waitFor(() => expect(done).toHaveLength(4), PATIENCE)
    expect(done).toEqual(
      expect.arrayContaining([{ of: 'one name' }, { of: 'another' }, { of: 'none' }, { of: 'none' }]),
    )
    expect(done.filter((data) => (data as { of: string }).of === 'one name')).toHaveLength(1)
  })
})
