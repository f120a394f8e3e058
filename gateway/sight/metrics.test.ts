import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, phone } from '../../cli/testing/fixture.ts'
import { operationText } from '../../cli/testing/front-end.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { createManifest, registerOperation } from '../../platform/operations/manifest.ts'
import { createRegistry, openMetrics, type ProcessMetrics } from '../../platform/sight/process-metrics.ts'
import { ALL_OPERATIONS } from '../gateway.ts'
import { scraped } from '../testing/scraped.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'

/** What a front end of the installation's own sends, and the manifest that it was built with. */
const OWN = 'query OwnAccount { viewer { id } }'
/** Far fewer series than names were sent: those of a histogram with its buckets, and of the errors' codes. */
const NAMES = 1_000

describe('the metrics of a gateway', () => {
  let metrics: ProcessMetrics
  let cabinet: TestCabinet
  let token: string
  let manifests: string
  const scrape = async () => (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text()

  beforeAll(async () => {
    const opened = await openMetrics('gateway', { HOST: '127.0.0.1', METRICS_PORT: 0 })
    if (!opened) throw new Error('metrics are on')
    metrics = opened
    manifests = await mkdtemp(path.join(tmpdir(), 'cabinet-own-manifests-'))
    const own = createManifest([OWN, operationText('home')].map(registerOperation))
    await writeFile(path.join(manifests, 'own.json'), JSON.stringify(own))
    cabinet = await openTestCabinet({
      gatewayOptions: { observer: createGatewayMetrics(metrics.registry) },
      operations: { ...ALL_OPERATIONS, manifests },
    })
    await insertCatalogue(cabinet.database)
    const account = await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: account })
    token = await cabinet.accountToken(account)
  })
  afterAll(async () => {
    await cabinet.close()
    await metrics.close()
    await rm(manifests, { recursive: true })
  })

  it('tell of operations, fetches, the cache and the event loop', async () => {
    await cabinet.ask({ query: operationText('home') }, token)
    await cabinet.ask({ query: operationText('home') })
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

  it('call operations as the manifests of the installation do, and those of no manifest `other`', async () => {
    const count = async (operation: string) =>
      scraped(await scrape(), 'cabinet_operation_duration_seconds_count', { operation })
    await cabinet.ask({ query: OWN }, token)
    expect(await count('OwnAccount')).toBe(1)
    await cabinet.ask({ query: operationText('account') }, token)
    expect(await scrape()).not.toContain('operation="Account"')
    expect(await count('other')).toBe(1)
  })

  it('do not grow with the names that clients think of', async () => {
    const name = (number: number) => `Phone${phone(number).slice(1)}`
    await Promise.all(
      Array.from({ length: NAMES }, (_, n) => cabinet.ask({ query: `query ${name(n)} { __typename }` })),
    )
    const text = await scrape()
    const lines = text.split('\n').filter((line) => line.startsWith('cabinet_operation'))
    expect(scraped(text, 'cabinet_operation_duration_seconds_count', { operation: 'other' })).toBe(NAMES + 1)
    expect(lines.length).toBeLessThan(60)
    expect(lines.join('\n')).not.toContain('Phone')
  })

  it('do not grow with manifests that are added for ever', async () => {
    const registry = createRegistry('gateway')
    const observer = createGatewayMetrics(registry)
    for (let n = 0; n < NAMES; n++) observer.operationAnswered?.({ name: `Release${n}`, durationMs: 1, codes: [] })
    const shown = (await registry.metrics()).match(/^cabinet_operation_duration_seconds_count.*$/gm) ?? []
    expect(shown).toHaveLength(501)
    expect(shown.at(-1)).toMatch(/operation="other".* 500$/)
  })

  it('are served at one path only', async () => {
    expect((await fetch(`http://127.0.0.1:${metrics.port}/`)).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${metrics.port}/metrics`, { method: 'POST' })).status).toBe(404)
  })

  it('are not there without a port', async () => {
    expect(await openMetrics('gateway', { HOST: '127.0.0.1' })).toBeNull()
  })
})
