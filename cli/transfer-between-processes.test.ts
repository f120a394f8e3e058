import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { signingKey } from '../platform/identity/keys.ts'
import { readOperations } from '../schema/operations.ts'
import { type RunningStandIn, STAND_IN_TOKEN, startSimSwapStandIn } from './stand-ins/sim-swap/start.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId, phone } from './testing/fixture.ts'
import { type Installation, startInstallation } from './testing/installation.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

const PATIENCE = { timeout: 45_000, interval: 100 }
const operations = readOperations()

/** As in production: questions and events go over HTTP, signed, and payments deliver to themselves like to others. */
describe('a transfer between processes', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let simSwap: RunningStandIn
  let many: Installation
  let token: string

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    for (const number of [1, 2]) {
      await insertAccount(database, { number })
      await insertLine(database, { number, ownerId: accountId(number), kopecks: 100_000n })
    }
    simSwap = await startSimSwapStandIn()
    const variables = { SIM_SWAP_URL: simSwap.url, SIM_SWAP_TOKEN: STAND_IN_TOKEN }
    many = await startInstallation({ database, variables })
    const keys = JSON.parse(many.keys['ACCESS_TOKEN_KEYS'] ?? '') as JSONWebKeySet
    const id = accountId(1)
    token = await signAccessToken(
      { kind: 'account', accountId: id, personId: id, sessionId: 'session', organizationRole: null },
      await signingKey(keys),
      systemClock,
    )
  }, 120_000)
  afterAll(async () => {
    await many?.close()
    await simSwap?.close()
    await database?.drop()
  })

  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  async function run(operation: string, input: object): Promise<any> {
    const response = await fetch(`${many.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: operations[`${operation}.graphql`], variables: { input } }),
    })
    const { data, errors } = (await response.json()) as { data: object; errors?: unknown }
    expect(errors).toBeUndefined()
    return Object.values(data)[0]
  }
  const quote = () => run('quote-transfer', { fromLineId: lineId(1), toPhone: phone(2), amount: '100.00' })
  const untilMoneyIs = (posted: number[]) =>
    vi.waitFor(async () => {
      const rows = await database.sql<{ posted: number; reserved: number }>(
        `select posted::int, reserved::int from payments.ledger_balance where unit = 'KOPECK' order by line_id`,
      )
      expect(rows).toEqual(posted.map((kopecks) => ({ posted: kopecks, reserved: 0 })))
    }, PATIENCE)

  it('arrives', async () => {
    const shown = await quote()
    expect(shown.__typename).toBe('QuoteTransferSuccess')
    const confirmed = await run('confirm-transfer', { quoteId: shown.quote.id, idempotencyKey: 'first' })
    expect(confirmed.__typename).toBe('ConfirmTransferSuccess')
    await untilMoneyIs([89_300, 110_000])
  })

  it('arrives once when payments are killed as soon as they have answered, and the client asks again', async () => {
    const shown = await quote()
    const confirmation = { quoteId: shown.quote.id, idempotencyKey: 'second' }
    const confirmed = await run('confirm-transfer', confirmation)
    many.children.payments.signal('SIGKILL')
    await many.children.payments.exited
    await many.restart('payments')
    await untilMoneyIs([78_600, 120_000])
    expect(await run('confirm-transfer', confirmation)).toEqual(confirmed)
    await untilMoneyIs([78_600, 120_000])
  })
})
