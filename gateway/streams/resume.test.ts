import { createClient as createEventClient } from 'graphql-sse'
import { createClient as createSocketClient } from 'graphql-ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertLine,
  insertPosting,
  lineId,
} from '../../cli/testing/fixture.ts'
import { startTcpProxy, type TcpProxy } from '../../cli/testing/tcp-proxy.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'

const QUERY = `subscription ($lineId: ID!, $afterSequence: String) {
  balanceChanged(lineId: $lineId, afterSequence: $afterSequence) { sequence }
}`

// As the README shows it: the library retries by itself, with the variables as they then are.
describe('a client whose connection breaks', () => {
  let cabinet: TestCabinet
  let proxy: TcpProxy
  let token: string

  beforeEach(async () => {
    cabinet = await openTestCabinet()
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
    const url = await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) })
    token = await cabinet.accountToken(accountId(1))
  })
  afterEach(async () => {
    await proxy.close()
    await cabinet.close()
  })

  const retry = { retryAttempts: 50, retryWait: () => new Promise<void>((resolve) => setTimeout(resolve, 50)) }
  const clients = {
    'graphql-ws': () =>
      createSocketClient({
        url: `ws://127.0.0.1:${proxy.port}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: async () => ({ authorization: `Bearer ${token}` }),
        ...retry,
      }),
    'graphql-sse': () =>
      createEventClient({
        url: `http://127.0.0.1:${proxy.port}/graphql`,
        headers: async () => ({ authorization: `Bearer ${token}` }),
        retryAttempts: 50,
        retry: retry.retryWait,
      }),
  }

  it.each(['graphql-ws', 'graphql-sse'] as const)('goes on after the last event that it has seen: %s', async (name) => {
    const client = clients[name]()
    const variables: { lineId: string; afterSequence?: string } = { lineId: lineId(1) }
    const answers = client.iterate<{ balanceChanged: { sequence: string } }>({ query: QUERY, variables })
    const seen: string[] = []
    for await (const { data } of answers) {
      const { sequence } = data?.balanceChanged ?? { sequence: '' }
      variables.afterSequence = sequence
      seen.push(sequence)
      if (seen.length === 6) break
      // Every second time the change happens while nobody is connected.
      if (seen.length % 2 === 0) proxy.cut()
      await insertPosting(cabinet.database, { lineId: lineId(1), amount: 1 })
      proxy.restore()
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4', '5'])
    await client.dispose()
  })
})
