import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tortureStreams } from './testing/streams-torture.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

// `npm run torture:streams` does the same with a thousand clients and ten thousand changes.
const SMALL = { lines: 12, changesOfLine: 25, pauseMs: 10 }

describe('streams over processes that are killed', { timeout: 120_000 }, () => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await createTestDatabase()
  })
  afterEach(() => database.drop())

  it('tell each client of each change once, in order', async () => {
    const { problems, interruptions, clients } = await tortureStreams({ database, ...SMALL })
    expect(problems).toEqual([])
    // Each client was cut off by each kill: else nothing was shown.
    expect(interruptions).toBeGreaterThanOrEqual(clients * 2)
  })

  it('are seen to fail when clients go on at a wrong place', async () => {
    const resume = (last: bigint, client: number) => (client % 2 === 0 ? last - 1n : last + 1n)
    const { problems } = await tortureStreams({ database, lines: 3, changesOfLine: 30, pauseMs: 30, resume })
    expect(problems).toContainEqual(expect.stringContaining('again'))
    expect(problems).toContainEqual(expect.stringContaining('right after'))
  })
})
