import { afterEach, describe, expect, it } from 'vitest'
import { type EventStream, openEventStream } from '../../cli/testing/event-stream.ts'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertLine,
  insertPosting,
  lineId,
} from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'
import type { Transport } from '../transport/transport.ts'

const QUERY = `subscription ($lineId: ID!) {
  balanceChanged(lineId: $lineId) { sequence line { id tariff { name } } }
}`

describe('a stream whose subgraphs are sick', () => {
  let cabinet: TestCabinet
  let stream: EventStream
  afterEach(async () => {
    stream.close()
    await cabinet.close()
  })

  async function openWith(sick: SubgraphName, change: (transport: Transport) => Partial<Transport>): Promise<void> {
    cabinet = await openTestCabinet({
      subgraphTimeoutMs: 500,
      wrapTransport: (name, transport) => (name === sick ? { ...transport, ...change(transport) } : transport),
    })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
    const variables = { lineId: lineId(1) }
    stream = await openEventStream(cabinet, { query: QUERY, variables }, await cabinet.accountToken(accountId(1)))
  }
  const next = async () => JSON.parse((await stream.next()) ?? 'null')
  const away = (subgraph: SubgraphName, ...path: string[]) => [
    {
      message: `This part is not available now (${subgraph}). Try again in 5 seconds.`,
      path,
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph, retryAfter: 5 },
    },
  ]

  it('has null and an error for what another subgraph cannot tell of an event, and goes on', async () => {
    await openWith('products', () => ({ send: () => Promise.reject(new Error('products is away')) }))
    const errors = away('products', 'balanceChanged', 'line', 'tariff')
    const line = { id: lineId(1), tariff: null }
    expect(await next()).toEqual({ data: { balanceChanged: { sequence: '0', line } }, errors })
    await insertPosting(cabinet.database, { lineId: lineId(1), amount: 1 })
    expect(await next()).toEqual({ data: { balanceChanged: { sequence: '1', line } }, errors })
  })

  it.each<[string, Transport['subscribe']]>([
    ['refuses', () => Promise.reject(new Error('payments is away'))],
    ['never answers', () => new Promise(() => undefined)],
    ['breaks off', async () => ({ next: () => Promise.reject(new Error('the stream broke off')) })],
    ['sends garbage', async () => ({ next: async () => ({ done: false, value: { data: { balanceChanged: 7 } } }) })],
  ])('ends with an error that says when to come again, where the root’s subgraph %s', async (_, subscribe) => {
    await openWith('payments', () => (subscribe ? { subscribe } : {}))
    expect(await next()).toEqual({ data: { balanceChanged: null }, errors: away('payments', 'balanceChanged') })
    expect(await stream.next()).toBeNull()
    expect(stream.isComplete).toBe(true)
  })
})
