import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { signInternalToken } from '../platform/identity/internal-token.ts'
import { generatePrivateKey, type SigningKey, signingKey } from '../platform/identity/keys.ts'
import { ANONYMOUS } from '../platform/identity/viewer.ts'
import { SPENDING_PATH } from '../platform/spending/serve-spending.ts'
import { insertAccount, insertCatalogue } from './testing/fixture.ts'
import { operationText } from './testing/front-end.ts'
import { type ExtraGateway, type Installation, startInstallation } from './testing/installation.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

const HOME = operationText('home')
/** One gateway lets ten home queries of one person through in a minute, and each is worth telling of. */
const VIEWER_COST_PER_MINUTE = 100_000
const HOMES_MAX = 10
const PATIENCE = { timeout: 20_000, interval: 50 }

describe('the limits of several gateways', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let installation: Installation
  let second: ExtraGateway
  let anna: string
  let boris: string
  let vera: string

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    anna = await insertAccount(database, { number: 1 })
    boris = await insertAccount(database, { number: 2 })
    vera = await insertAccount(database, { number: 3 })
    const variables = { VIEWER_COST_PER_MINUTE: String(VIEWER_COST_PER_MINUTE), DRAIN_DELAY_MS: '0' }
    installation = await startInstallation({ database, variables })
    second = await installation.addGateway()
  }, 120_000)

  afterAll(async () => {
    await installation?.close()
    await database?.drop()
  })

  const keyOf = (name: string): Promise<SigningKey> =>
    signingKey(JSON.parse(installation.keys[name] ?? '') as JSONWebKeySet)

  async function home(url: string, accountId: string): Promise<number> {
    const principal = {
      kind: 'account',
      accountId,
      personId: accountId,
      sessionId: 'session',
      organizationRole: null,
    } as const
    const token = await signAccessToken(principal, await keyOf('ACCESS_TOKEN_KEYS'), systemClock)
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: HOME }),
    })
    await response.text()
    return response.status
  }

  /** Asks until it is refused; how often it was answered. */
  async function answeredBy(url: string, accountId: string, between = async (): Promise<void> => undefined) {
    for (let answered = 0; answered <= 2 * HOMES_MAX; answered++) {
      const status = await home(url, accountId)
      if (status === 429) return answered
      expect(status).toBe(200)
      await between()
    }
    return expect.fail('there is no limit')
  }

  interface Known {
    readonly level: number
    readonly at: string
  }
  const known = async (accountId: string): Promise<Known | undefined> =>
    (
      await database.sql<Known>('select level, at::text from accounts.spending where key = $1', [`viewer ${accountId}`])
    )[0]
  const untilKnown = (accountId: string, isEnough: (row: Known) => boolean) =>
    vi.waitFor(async () => {
      const row = await known(accountId)
      expect(row && isEnough(row)).toBe(true)
    }, PATIENCE)

  it('are one for a person: what one gateway let through is known to the other', async () => {
    const first = installation.gatewayUrl
    expect(await answeredBy(first, anna)).toBeGreaterThanOrEqual(HOMES_MAX)
    // A little is forgotten while it is told.
    await untilKnown(anna, ({ level }) => level > VIEWER_COST_PER_MINUTE / 2)
    let toldAt = (await known(anna))?.at
    const atSecond = await answeredBy(second.url, anna, async () => {
      await untilKnown(anna, ({ at }) => at !== toldAt)
      toldAt = (await known(anna))?.at
    })
    expect(atSecond).toBeLessThan(HOMES_MAX / 2)
    expect(await home(second.url, boris)).toBe(200)
  })

  it('are told of by gateways alone', async () => {
    const told = [{ key: 'viewer of a stranger', spent: 1e12, forgottenPerSecond: 1 }]
    const post = async (token: string | null) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
      const body = JSON.stringify(told)
      const response = await fetch(new URL(SPENDING_PATH, installation.urls.accounts), {
        method: 'POST',
        headers,
        body,
      })
      return { status: response.status, body: await response.json() }
    }
    const sign = (issuer: string, audience: string, key: SigningKey) =>
      signInternalToken({ issuer, principal: ANONYMOUS, language: 'en' }, audience, key, systemClock)
    const gatewayKey = await keyOf('GATEWAY_INTERNAL_KEYS')
    const paymentsKey = await keyOf('PAYMENTS_INTERNAL_KEYS')
    const strangers = await signingKey({ keys: [await generatePrivateKey('gateway.1')] })
    const refused = [
      null,
      'no token',
      await sign('gateway', 'accounts', strangers),
      await sign('gateway', 'accounts', paymentsKey),
      await sign('payments', 'accounts', paymentsKey),
      await sign('gateway', 'payments', gatewayKey),
    ]
    for (const token of refused) {
      expect(await post(token)).toMatchObject({
        status: 401,
        body: { errors: [{ message: 'Only gateways may tell.' }] },
      })
    }
    const levels = () => database.sql(`select level from accounts.spending where key = 'viewer of a stranger'`)
    expect(await levels()).toEqual([])
    expect(await post(await sign('gateway', 'accounts', gatewayKey))).toEqual({ status: 200, body: [1e12] })
    expect(await levels()).toEqual([{ level: 1e12 }])
  })

  it('are each gateway’s own while accounts is away, and one again when it is back', async () => {
    // Access tokens are checked with keys of accounts: each gateway has them by now.
    for (const url of [installation.gatewayUrl, second.url]) expect(await home(url, boris)).toBe(200)
    const { accounts } = installation.children
    accounts.signal('SIGKILL')
    await accounts.exited
    expect(await answeredBy(installation.gatewayUrl, vera)).toBeGreaterThanOrEqual(HOMES_MAX)
    expect(await home(installation.gatewayUrl, vera)).toBe(429)
    expect(await answeredBy(second.url, vera)).toBeGreaterThanOrEqual(HOMES_MAX)
    for (const child of [installation.children.gateway, second.child]) {
      await child.waitFor(({ msg }) => String(msg).includes('each counts alone'))
    }
    expect(await known(vera)).toBeUndefined()
    await installation.restart('accounts')
    await untilKnown(vera, ({ level }) => level > VIEWER_COST_PER_MINUTE)
    for (const child of [installation.children.gateway, second.child]) {
      await child.waitFor(({ msg }) => String(msg).includes('shared with the other gateways again'))
    }
  })
})
