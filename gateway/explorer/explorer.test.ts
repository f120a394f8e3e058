import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { findBrowser, launchBrowser, NO_BROWSER } from '../../platform/testing/browser.ts'

const STUDIO = 'https://studio.apollographql.com'
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }

let cabinet: TestCabinet
let origin: string
let token: string

beforeAll(async () => {
  cabinet = await openTestCabinet()
  await insertCatalogue(cabinet.database)
  const account = await insertAccount(cabinet.database, { number: 1, displayName: 'Анна' })
  await insertLine(cabinet.database, { number: 1, ownerId: account, kopecks: 12_345n })
  token = await cabinet.accountToken(account)
  origin = await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => cabinet?.close())

describe('the explorers in development', () => {
  it('are packed once and not sent again to a browser that has them', async () => {
    const get = (headers: Record<string, string>) =>
      cabinet.gateway.http.inject({ method: 'GET', url: '/explorer', headers })
    const packed = await get({ 'accept-encoding': 'gzip, deflate, br, zstd' })
    expect(packed.headers['content-encoding']).toBe('br')
    expect((await get({ 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip')
    const plain = await get({})
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3)
    const again = await get({ 'if-none-match': String(plain.headers['etag']) })
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0])
  })

  it('allow nothing that they do not need', async () => {
    for (const url of ['/', '/explorer']) {
      const { headers } = await cabinet.gateway.http.inject({ method: 'GET', url })
      const policy = String(headers['content-security-policy'])
      expect(policy).toMatch(/^default-src 'none'/)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    }
  })

  it('let Apollo’s Sandbox ask from its own site, and no other site', async () => {
    const preflight = async (site: string, url: string) => {
      const headers = { ...PREFLIGHT, origin: site }
      const response = await cabinet.gateway.http.inject({ method: 'OPTIONS', url, headers })
      return response.headers['access-control-allow-origin']
    }
    expect(await preflight(STUDIO, '/graphql')).toBe(STUDIO)
    expect(await preflight('https://example.com', '/graphql')).toBeUndefined()
    const health = await cabinet.gateway.http.inject({ url: '/health/live', headers: { origin: STUDIO } })
    expect(health.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('leave the guard against forged requests on', async () => {
    const headers = { 'content-type': 'text/plain' }
    const body = JSON.stringify({ query: '{ __typename }' })
    const response = await cabinet.gateway.http.inject({ method: 'POST', url: '/graphql', headers, body })
    expect(response.statusCode).toBe(415)
  })
})

it('neither explorer nor another site’s access exists in production', async () => {
  const production = await openTestCabinet({ isDevelopment: false })
  const { http } = production.gateway
  for (const url of ['/', '/explorer']) expect((await http.inject({ url })).statusCode).toBe(404)
  const headers = { ...PREFLIGHT, origin: STUDIO }
  const preflight = await http.inject({ method: 'OPTIONS', url: '/graphql', headers })
  expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
  const asked = await http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { origin: STUDIO },
    payload: { query: '{ __typename }' },
  })
  expect(asked.headers['access-control-allow-origin']).toBeUndefined()
  await production.close()
})

const executablePath = findBrowser()

if (executablePath === null) it('the explorers are not tried in a browser', ({ skip }) => skip(NO_BROWSER))

describe.runIf(executablePath !== null)('the explorers in a browser', { timeout: 60_000 }, () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  /** Every request to anywhere but the gateway; none gets there. */
  let outside: string[]
  let problems: string[]

  beforeAll(async () => {
    browser = await launchBrowser(executablePath ?? '')
  })

  beforeEach(async () => {
    outside = []
    problems = []
    context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    await context.route(
      (url) => url.origin !== origin && /^(https?|wss?):/.test(url.protocol),
      (route) => {
        outside.push(route.request().url())
        return route.abort('internetdisconnected')
      },
    )
    page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(error.message))
  })

  afterEach(() => context.close())
  afterAll(() => browser?.close())

  const answer = () => page.locator('.graphiql-response')
  /** The button is there before the editors hold their text, and then sends nothing. */
  async function execute(): Promise<void> {
    await page.locator('.graphiql-query-editor').getByText('viewer').first().waitFor()
    await page.getByText('Bearer').first().waitFor()
    await page.getByRole('button', { name: /execute query/i }).click()
  }

  it('GraphiQL runs the home query with the token it was opened with, and asks nobody else', async () => {
    await page.goto(`${origin}/explorer#token=${token}`)
    await execute()
    await answer().getByText('"123.45"').first().waitFor()
    expect(outside).toEqual([])
    expect(problems).toEqual([])
    expect(page.url()).toBe(`${origin}/explorer`)
    expect(await page.evaluate('Object.values(localStorage).join().includes("Bearer")')).toBe(false)
  })

  it('GraphiQL keeps the token over a reload, and takes a new one', async () => {
    await page.goto(`${origin}/explorer#token=spoiled`)
    await execute()
    await answer().getByText('UNAUTHENTICATED').waitFor()
    await page.goto('about:blank')
    await page.goto(`${origin}/explorer#token=${token}`)
    await page.getByText('viewer').first().waitFor()
    await page.reload()
    await execute()
    await answer().getByText('"123.45"').first().waitFor()
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Home'])
    expect(outside).toEqual([])
  })

  it('GraphiQL follows a subscription', async () => {
    await page.goto(`${origin}/explorer#token=${token}`)
    await page.getByText('viewer').first().waitFor()
    const query = `subscription { balanceChanged(lineId: "${lineId(1)}", afterSequence: "0") { sequence } }`
    await page.evaluate(`sessionStorage.removeItem('graphiql:tabState')`)
    await page.evaluate(`sessionStorage.setItem('graphiql:query', ${JSON.stringify(query)})`)
    await page.reload()
    await page.locator('.graphiql-query-editor').getByText('balanceChanged').first().waitFor()
    await page.getByText('Bearer').first().waitFor()
    await page.getByRole('button', { name: /execute query/i }).click()
    for (const sequence of ['1', '2']) {
      await cabinet.database.sql(`update payments.ledger_balance set posted = posted + 1 where unit = 'KOPECK'`)
      await answer().getByText(`"${sequence}"`).first().waitFor({ timeout: 10_000 })
    }
    await page.getByRole('button', { name: /stop query/i }).click()
    await cabinet.database.sql(`update payments.ledger_balance set posted = posted - 2 where unit = 'KOPECK'`)
    expect(problems).toEqual([])
  })

  it('where Apollo’s Sandbox cannot be loaded, the local explorer opens with the token and says why', async () => {
    await page.goto(`${origin}/#token=${token}`)
    await page.waitForURL(`${origin}/explorer`)
    await page.getByText('Apollo Sandbox cannot be reached').waitFor()
    await execute()
    await answer().getByText('"123.45"').first().waitFor()
    expect(outside).toEqual([expect.stringMatching(/^https:\/\/embeddable-sandbox\.cdn\.apollographql\.com\//)])
  })

  it('Apollo’s Sandbox, where it can be loaded, gets the endpoint, the home query and the token', async () => {
    await context.route('https://embeddable-sandbox.cdn.apollographql.com/**', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: 'window.EmbeddedSandbox = class { constructor(given) { window.given = given } }',
      }),
    )
    await page.goto(`${origin}/#token=${token}`)
    const given = await page.waitForFunction('window.given').then((handle) => handle.jsonValue())
    expect(given).toMatchObject({
      initialEndpoint: `${origin}/graphql`,
      runTelemetry: false,
      initialState: { document: expect.stringContaining('query Home'), headers: { authorization: `Bearer ${token}` } },
    })
    expect(problems).toEqual([])
  })
})
