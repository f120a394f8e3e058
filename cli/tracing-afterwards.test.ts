import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ALL_OPERATIONS } from '../gateway/gateway.ts'
import { MANIFESTS_PATH } from './project.ts'
import { insertAccount, insertCatalogue, insertLine, insertPosting, lineId, phone } from './testing/fixture.ts'
import { operationText } from './testing/front-end.ts'
import { openTestSession, send } from './testing/sessions.ts'
import { ancestors, keepSpans, traceIn, wordsOf } from './testing/spans.ts'
import { STREAM_CLIENTS, type StreamClient } from './testing/stream-clients.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }

describe('traces of what goes on after an answer', { timeout: 60_000 }, () => {
  const kept = keepSpans()
  let cabinet: TestCabinet
  let url: string
  let anna: string
  let token: string

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      operations: { ...ALL_OPERATIONS, manifests: MANIFESTS_PATH },
      jobTiming: { pollSeconds: 0.5 },
    })
    await insertCatalogue(cabinet.database)
    anna = await insertAccount(cabinet.database, { number: 1, displayName: 'Анна Каренина' })
    await insertLine(cabinet.database, { number: 2, ownerId: await insertAccount(cabinet.database, { number: 2 }) })
    await insertLine(cabinet.database, { number: 1, ownerId: anna })
    token = (await openTestSession(cabinet, anna)).accessToken
    url = `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
  })
  afterAll(async () => {
    await cabinet.close()
    await kept.stop()
  })

  const named = (wanted: string) => kept.spans().filter(({ name }) => name === wanted)
  const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId
  const causesOf = ({ links }: ReadableSpan) => links.map(({ context }) => context.spanId)
  const causedBy = (cause: ReadableSpan | undefined, name: string) =>
    named(name).filter((span) => causesOf(span).includes(String(idOf(cause))))
  const newest = (name: string) => vi.waitFor(() => named(name).at(-1) ?? expect.fail(`no ${name}`), PATIENCE)

  it.each(STREAM_CLIENTS)('has each event of a stream apart, linked to the stream: $name', async (client) => {
    await followBalance(client)
    const stream = named('subscription BalanceChanged').at(-1)
    const events = causedBy(stream, 'event BalanceChanged')
    expect(events.length).toBeGreaterThanOrEqual(2)
    const traces = new Set([stream, ...events].map((span) => span?.spanContext().traceId))
    expect(traces.size).toBe(1 + events.length)
    for (const event of events) {
      const trace = kept.spans().filter((span) => span.spanContext().traceId === event.spanContext().traceId)
      // What the event's own subgraph does not know is fetched for it; waiting for it is in no span.
      expect(trace.map(({ name }) => name)).toContain('fetch products')
      for (const span of trace) if (span !== event) expect(ancestors(span, trace)).toContain(event.name)
    }
  })

  it('has what the subgraph of a stream does for each event, linked to its part of the stream', async () => {
    await followBalance(STREAM_CLIENTS[0])
    const trace = traceIn(kept.spans(), 'subscription BalanceChanged')
    const part = trace.find(({ name }) => name === 'subgraph payments')
    expect(causedBy(part, 'subgraph payments event').length).toBeGreaterThanOrEqual(2)
    // The table is read for all streams together, long after the first of them was opened.
    expect(named('read changes').length).toBeGreaterThan(0)
    for (const read of named('read changes')) expect(read.parentSpanContext).toBeUndefined()
  })

  it('has a job apart, linked to the request that left it, and the statements of the job in it', async () => {
    const { data } = await send(cabinet, 'request-data-export', {
      input: { idempotencyKey: 'a key' },
      accessToken: token,
    })
    expect(data.requestDataExport.__typename).toBe('RequestDataExportSuccess')
    const job = await newest('job prepare-export')
    const request = traceIn(kept.spans(), 'mutation RequestDataExport').map(idOf)
    expect(job.parentSpanContext).toBeUndefined()
    expect(causesOf(job)).toHaveLength(1)
    expect(request).toContain(causesOf(job)[0])
    expect(traceIn(kept.spans(), job.name).length).toBeGreaterThan(2)
  })

  it('has an event for another subgraph in the trace of the change that it tells of', async () => {
    const input = { lineId: lineId(1), phone: phone(2), rights: ['VIEW'] }
    const { data } = await send(cabinet, 'grant-line-access', { input, accessToken: token })
    expect(data.grantLineAccess.__typename).toBe('GrantLineAccessSuccess')
    for (const kind of ['LineAccessChanged', 'ActRecorded']) {
      const received = await newest(`receive ${kind}`)
      const trace = traceIn(kept.spans(), 'mutation GrantLineAccess')
      expect(trace).toContain(received)
      expect(ancestors(received, trace)).toEqual(
        expect.arrayContaining([`deliver ${kind}`, 'mutation GrantLineAccess']),
      )
    }
  })

  it('holds nothing of a person', () => {
    const words = kept.spans().map(wordsOf).join('\n')
    for (const secret of [phone(1), phone(1).slice(1), anna, lineId(1), token, 'Каренина']) {
      expect(words).not.toContain(secret)
    }
  })

  /** Opens a stream, and reads how things stand and one change. */
  async function followBalance(client: StreamClient | undefined): Promise<void> {
    const stream = client?.open({
      url,
      token,
      query: operationText('balance-changed'),
      variables: { lineId: lineId(1) },
    })
    for (const _ of ['how things stand', 'a change']) {
      const { value } = (await stream?.answers.next()) ?? {}
      expect(value.data.balanceChanged.line.id).toBe(lineId(1))
      for (const number of [1, 2]) await insertPosting(cabinet.database, { lineId: lineId(number), amount: 1 })
    }
    stream?.close()
  }
})
