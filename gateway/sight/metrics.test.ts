import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, phone } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { openMetrics, type ProcessMetrics } from '../../platform/sight/process-metrics.ts'
import { scraped } from '../testing/scraped.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'
import { OPERATIONS_FOLDER, readKnownOperations } from './known-operations.ts'

const HOME = readFileSync(new URL('home.graphql', OPERATIONS_FOLDER), 'utf8')
/** Far fewer series than names were sent: those of a histogram with its buckets, and of the errors' codes. */
const NAMES = 1_000

describe('the metrics of a gateway', () => {
  let metrics: ProcessMetrics
  let cabinet: TestCabinet
  let token: string
  const scrape = async () => (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text()

  beforeAll(async () => {
    const opened = await openMetrics('gateway', { HOST: '127.0.0.1', METRICS_PORT: 0 })
    if (!opened) throw new Error('metrics are on')
    metrics = opened
    cabinet = await openTestCabinet({
      gatewayOptions: {
        observer: createGatewayMetrics(metrics.registry, await readKnownOperations(OPERATIONS_FOLDER)),
      },
    })
    await insertCatalogue(cabinet.database)
    const account = await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: account })
    token = await cabinet.accountToken(account)
  })
  afterAll(async () => {
    await cabinet.close()
    await metrics.close()
  })

  it('tell of operations, fetches, the cache and the event loop', async () => {
    await cabinet.ask({ query: HOME }, token)
    await cabinet.ask({ query: HOME })
    const text = await scrape()
    expect(scraped(text, 'cabinet_operation_duration_seconds_count', { operation: 'Home' })).toBe(2)
    expect(scraped(text, 'cabinet_operation_errors_total', { operation: 'Home', code: 'UNAUTHENTICATED' })).toBe(1)
    for (const subgraph of ['accounts', 'linked-numbers', 'products', 'payments']) {
      expect(scraped(text, 'cabinet_fetch_duration_seconds_count', { subgraph })).toBeGreaterThan(0)
    }
    expect(scraped(text, 'cabinet_operation_cache_misses_total')).toBe(1)
    expect(scraped(text, 'cabinet_operation_cache_hits_total')).toBe(1)
    expect(scraped(text, 'cabinet_operation_cache_size')).toBe(1)
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds{process="gateway"} /m)
  })

  it('do not grow with the names that clients think of', async () => {
    const name = (number: number) => `Phone${phone(number).slice(1)}`
    await Promise.all(
      Array.from({ length: NAMES }, (_, n) => cabinet.ask({ query: `query ${name(n)} { __typename }` })),
    )
    const text = await scrape()
    const lines = text.split('\n').filter((line) => line.startsWith('cabinet_operation'))
    expect(scraped(text, 'cabinet_operation_duration_seconds_count', { operation: 'other' })).toBe(NAMES)
    expect(lines.length).toBeLessThan(60)
    expect(lines.join('\n')).not.toContain('Phone')
  })

  it('are served at one path only', async () => {
    expect((await fetch(`http://127.0.0.1:${metrics.port}/`)).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${metrics.port}/metrics`, { method: 'POST' })).status).toBe(404)
  })

  it('are not there without a port', async () => {
    expect(await openMetrics('gateway', { HOST: '127.0.0.1' })).toBeNull()
  })
})
