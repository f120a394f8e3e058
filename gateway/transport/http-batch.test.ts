import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keepSpans } from '../../cli/testing/spans.ts'
import type { InternalIdentity } from '../../platform/identity/internal-token.ts'
import { ANONYMOUS, UNKNOWN_CLIENT } from '../../platform/identity/viewer.ts'
import { silentLogger } from '../../platform/logger.ts'
import { inRootSpan, traceparent } from '../../platform/sight/tracing.ts'
import { serveBatch } from '../../platform/subgraph/serve-batch.ts'
import type { Subgraph, SubgraphRequest } from '../../platform/subgraph/subgraph.ts'
import { CONNECTION_OPTIONS } from './http.ts'
import { createBatchTransport } from './http-batch.ts'
import type { Transport } from './transport.ts'

const GATEWAY: InternalIdentity = { issuer: 'gateway', principal: ANONYMOUS, language: 'ru' }

describe('operations of many requests in one HTTP request', () => {
  let server: FastifyInstance
  let transport: Transport
  let requests = 0

  /** A subgraph that does what the text of an operation says. */
  const act = async ({ query, variables }: SubgraphRequest) => {
    if (query === 'slow') await sleep(1_000)
    if (query === 'throw') throw new Error('secret of the inside')
    if (query === 'die') server.server.closeAllConnections()
    if (query === 'measure') return { data: { echo: String(variables?.['text']).length } }
    return { data: { echo: query === 'trace' ? traceparent() : variables?.['text'] } }
  }

  async function open(): Promise<void> {
    requests = 0
    server = fastify()
    server.addHook('onRequest', async () => {
      requests += 1
    })
    const subgraph = { execute: act } as unknown as Subgraph
    const identify = async (token: string | undefined) => (token === 'stranger' ? null : GATEWAY)
    serveBatch(server, { subgraph, identify, logger: silentLogger })
    const url = await server.listen({ port: 0, host: '127.0.0.1' })
    transport = createBatchTransport({
      url: `${url}/graphql`,
      signIdentity: async ({ requestId }) => requestId,
    })
  }

  const send = (query: string, text: string, requestId = 'friend') =>
    transport.send({
      query,
      operationName: undefined,
      variables: { text },
      viewer: { principal: ANONYMOUS, language: 'ru', requestId, client: UNKNOWN_CLIENT },
    })

  afterEach(async () => {
    await server.close()
    await transport.close()
  })

  it('go together, and each gets its own answer', async () => {
    await open()
    const texts = Array.from({ length: 50 }, (_, index) => `text ${index}\n`)
    const answers = await Promise.all(texts.map((text) => send('echo', text)))
    expect(answers).toEqual(texts.map((text) => ({ data: { echo: text } })))
    expect(requests).toBe(1)
  })

  it('go in as many requests as their length asks for, and the longest alone', async () => {
    await open()
    const texts = Array.from({ length: 20 }, (_, index) => 'ы'.repeat(index === 7 ? 2_500_000 : 250_000))
    const answers = await Promise.all(texts.map((text) => send('measure', text)))
    expect(answers).toEqual(texts.map(({ length }) => ({ data: { echo: length } })))
    expect(requests).toBeGreaterThan(2)
  })

  it('do not wait for the slowest of them', async () => {
    await open()
    const slow = send('slow', 'late')
    const first = await Promise.race([slow, send('echo', 'early')])
    expect(first).toEqual({ data: { echo: 'early' } })
    expect(await slow).toEqual({ data: { echo: 'late' } })
    expect(requests).toBe(1)
  })

  it('gather while as many requests as there are connections wait for a slow subgraph', async () => {
    await open()
    const answers: Promise<unknown>[] = []
    for (let index = 0; index < CONNECTION_OPTIONS.connections; index++) {
      answers.push(send('slow', 'first'))
      await expect.poll(() => requests, { interval: 1 }).toBe(index + 1)
    }
    for (let index = 0; index < 2 * CONNECTION_OPTIONS.connections; index++) {
      answers.push(send('slow', 'then'))
      await nextTurn()
    }
    expect(await Promise.all(answers)).toHaveLength(3 * CONNECTION_OPTIONS.connections)
    expect(requests).toBeLessThan(2 * CONNECTION_OPTIONS.connections)
  })

  it('are identified each on its own', async () => {
    await open()
    const [mine, strange] = await Promise.all([send('echo', 'mine'), send('echo', 'theirs', 'stranger')])
    expect(mine).toEqual({ data: { echo: 'mine' } })
    expect(strange.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' })
  })

  it('fail each on its own, and tell nothing of the inside', async () => {
    await open()
    const [good, bad] = await Promise.all([send('echo', 'good'), send('throw', 'bad')])
    expect(good).toEqual({ data: { echo: 'good' } })
    expect(JSON.stringify(bad)).not.toContain('secret')
  })

  it('that were not answered are rejected when the connection breaks', async () => {
    await open()
    const outcomes = await Promise.allSettled([send('slow', 'never'), send('die', 'last')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('are rejected when nobody listens', async () => {
    await open()
    await server.close()
    await expect(send('echo', 'nobody')).rejects.toThrow()
  })

  it('are each in the trace of their request, and the batch is linked to all', async () => {
    const kept = keepSpans()
    await open()
    const ask = (name: string) =>
      inRootSpan(name, {}, async () => ({ own: traceparent(), ...(await send('trace', name)) }))
    const answers = await Promise.all([ask('first'), ask('second')])
    for (const { own, data } of answers) expect(data).toEqual({ echo: own })
    // It ends with the response, a moment after the last answer.
    const batch = await vi.waitFor(() => {
      const found = kept.spans().find(({ name }) => name === 'batch')
      expect(found).toBeDefined()
      return found
    }, 10_000)
    const [first, second] = answers.map(({ own }) => own?.split('-')[1])
    expect(batch?.spanContext().traceId).toBe(first)
    expect(batch?.links.map(({ context }) => context.traceId)).toEqual([second])
    await kept.stop()
  })
})
