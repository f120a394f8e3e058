import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLogger } from '../platform/logger.ts'
import { insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { tortureHostile } from './testing/hostile-torture.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

// `npm run torture:hostile` measures what each costs, too.
const COUNT = 100_000
/** From the first half to the end: caches are full by then. */
const HEAP_GROWTH_MEGABYTES_MAX = 32

let cabinet: TestCabinet
let token: string

beforeAll(async () => {
  cabinet = await openTestCabinet({ logger: silentLogger })
  await insertCatalogue(cabinet.database)
  const account = await insertAccount(cabinet.database, { number: 1 })
  await insertLine(cabinet.database, { number: 1, ownerId: account })
  token = await cabinet.accountToken(account)
})
afterAll(() => cabinet.close())

it('refuses or answers whatever comes, and nothing of it breaks or stays', { timeout: 3_000_000 }, async () => {
  const { statuses, broken, heapMegabytes } = await tortureHostile({ cabinet, token, seed: 'long', count: COUNT })
  expect(broken).toEqual([])
  expect(heapMegabytes.late - heapMegabytes.early).toBeLessThan(HEAP_GROWTH_MEGABYTES_MAX)
  const seen = Object.keys(statuses).map(Number)
  expect(seen.filter((status) => status !== 200 && !(status >= 400 && status < 500) && status !== 204)).toEqual([])
  // Else nothing was shown: some were good enough to be answered.
  expect(statuses[200]).toBeGreaterThan(COUNT / 50)
  expect(statuses[400]).toBeGreaterThan(COUNT / 10)
})
