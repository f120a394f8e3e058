import { once } from 'node:events'
import { request as sendHttp } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertLine,
  insertPosting,
  lineId,
} from '../../cli/testing/fixture.ts'
import { eventClient, type OpenStream, STREAM_CLIENTS, socketClient } from '../../cli/testing/stream-clients.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import type { SignedInPrincipal } from '../../platform/identity/viewer.ts'

const QUERY = `subscription ($lineId: ID!, $afterSequence: String) {
  balanceChanged(lineId: $lineId, afterSequence: $afterSequence) { sequence line { id msisdn } }
}`
const OWNER: SignedInPrincipal = {
  kind: 'account',
  accountId: accountId(1),
  personId: accountId(1),
  sessionId: 'the session',
  organizationRole: null,
}

describe('streams', () => {
  let cabinet: TestCabinet
  let url: string
  let token: string
  const open: OpenStream[] = []

  beforeEach(async () => {
    cabinet = await openTestCabinet()
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
    url = `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
    token = await cabinet.signPrincipal(OWNER)
  })
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close()
    await cabinet.close()
  })

  function subscribe(client = socketClient, as: string | null = token, query = QUERY): OpenStream {
    const stream = client.open({ url, token: as ?? undefined, query, variables: { lineId: lineId(1) } })
    open.push(stream)
    return stream
  }
  const sequenceOf = async (stream: OpenStream) => (await stream.answers.next()).value.data.balanceChanged.sequence
  const codeOf = async (stream: OpenStream) => (await stream.answers.next()).value.errors[0].extensions.code
  const closeOf = (stream: OpenStream): Promise<{ code: number; reason: string }> =>
    stream.answers.next().then(
      ({ value }) => Promise.reject(new Error(`not closed, but ${JSON.stringify(value)}`)),
      (event) => event,
    )
  const post = () => insertPosting(cabinet.database, { lineId: lineId(1), amount: 1 })

  describe.each(STREAM_CLIENTS)('by $name', (client) => {
    it('tell of each change', async () => {
      const stream = subscribe(client)
      expect(await sequenceOf(stream)).toBe('0')
      for (const sequence of ['1', '2', '3']) {
        await post()
        expect(await sequenceOf(stream)).toBe(sequence)
      }
    })

    it('are bounded for one person, and a place is free again when its stream is closed', async () => {
      const streams = Array.from({ length: 10 }, () => subscribe(client))
      for (const stream of streams) expect(await sequenceOf(stream)).toBe('0')
      if (client === eventClient) expect(await codeOf(subscribe(client))).toBe('TOO_MANY_STREAMS')
      else expect(await closeOf(subscribe(client))).toMatchObject({ code: 4429, reason: 'TOO_MANY_STREAMS' })
      streams[0]?.close()
      await vi.waitFor(async () => expect(await sequenceOf(subscribe(client))).toBe('0'))
    })

    it('refuse a query, and a subscription that does not fit the schema', async () => {
      const told = async (query: string) => {
        const answer = subscribe(client, token, query).answers.next()
        return JSON.stringify(
          await answer.then(
            ({ value }) => value.errors,
            (errors) => errors,
          ),
        )
      }
      expect(await told('{ viewer { id } }')).toContain('BAD_REQUEST')
      expect(await told('subscription { balanceChanged { sequence } }')).toContain('GRAPHQL_VALIDATION_FAILED')
      expect(await told('subscription {')).toContain('GRAPHQL_PARSE_FAILED')
      const aliases = Array.from({ length: 500 }, (_, number) => `a${number}: sequence`).join(' ')
      const query = `subscription { balanceChanged(lineId: "1") { ${aliases} } }`
      expect(await told(query)).toContain('OPERATION_TOO_LARGE')
    })
  })

  it('end with their token, and say so', async () => {
    const short = await cabinet.signPrincipal(OWNER, 2)
    const bySocket = subscribe(socketClient, short)
    const byEvents = subscribe(eventClient, short)
    expect([await sequenceOf(bySocket), await sequenceOf(byEvents)]).toEqual(['0', '0'])
    expect(await closeOf(bySocket)).toMatchObject({ code: 4403, reason: 'TOKEN_EXPIRED' })
    expect((await byEvents.answers.next()).value.errors[0].extensions).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_EXPIRED',
    })
    expect((await byEvents.answers.next()).done).toBe(true)
  })

  it('end with their session, and those of another go on', async () => {
    const other = await cabinet.accountToken(accountId(1))
    const bySocket = subscribe()
    const byEvents = subscribe(eventClient)
    const others = subscribe(socketClient, other)
    for (const stream of [bySocket, byEvents, others]) expect(await sequenceOf(stream)).toBe('0')
    cabinet.gateway.endStreamsOf('the session')
    expect(await closeOf(bySocket)).toMatchObject({ code: 4403, reason: 'SESSION_ENDED' })
    expect(await codeOf(byEvents)).toBe('UNAUTHENTICATED')
    await post()
    expect(await sequenceOf(others)).toBe('1')
  })

  it('are for those who are signed in', async () => {
    expect(await closeOf(subscribe(socketClient, null))).toMatchObject({ code: 4401, reason: 'UNAUTHENTICATED' })
    expect(await closeOf(subscribe(socketClient, 'a.forged.token'))).toMatchObject({
      code: 4401,
      reason: 'TOKEN_INVALID',
    })
    const expired = await cabinet.signPrincipal(OWNER, -1)
    expect(await closeOf(subscribe(socketClient, expired))).toMatchObject({ code: 4403, reason: 'TOKEN_EXPIRED' })
    const byEvents = subscribe(eventClient, null)
    await expect(byEvents.answers.next()).rejects.toMatchObject({ response: { status: 401 } })
  })

  it('are told when the process stops, which then does not wait for them', async () => {
    const bySocket = subscribe()
    const byEvents = subscribe(eventClient)
    expect([await sequenceOf(bySocket), await sequenceOf(byEvents)]).toEqual(['0', '0'])
    const closing = cabinet.gateway.close()
    expect(await closeOf(bySocket)).toMatchObject({ code: 1001, reason: 'STOPPING' })
    expect(await codeOf(byEvents)).toBe('STREAM_INTERRUPTED')
    expect((await byEvents.answers.next()).done).toBe(true)
    await closing
  })

  it('cost a slow reader’s events no memory: they stay in the table until they are read', async () => {
    const socket = await begunSocket()
    await vi.waitFor(() => expect(received).toBe(1))
    socket.pause()
    await cabinet.database.sql(`
      do $$ begin for _ in 1..3000 loop
        with cause as (
          insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
          values ('${lineId(1)}', gen_random_uuid(), 'TOP_UP', gen_random_uuid(), now(), now()) returning line_id, id
        )
        insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
        select line_id, id, 'KOPECK', 'EXTERNAL_TOP_UP', 'CUSTOMER', 1 from cause;
        -- A transaction is one change, however much it does.
        commit;
      end loop; end $$
    `)
    const before = received
    socket.resume()
    await vi.waitFor(() => expect(received).toBeGreaterThanOrEqual(3_001), { timeout: 50_000 })
    expect(before).toBe(1)
    expect(sequences).toEqual(Array.from({ length: 3_001 }, (_, number) => String(number)))
    socket.terminate()
  })

  let received = 0
  let sequences: string[] = []
  async function begunSocket(): Promise<WebSocket> {
    received = 0
    sequences = []
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws')
    await once(socket, 'open')
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data))
      if (type === 'connection_ack') {
        socket.send(
          JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables: { lineId: lineId(1) } } }),
        )
      }
      if (type !== 'next') return
      received++
      sequences.push(payload.data.balanceChanged.sequence)
    })
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }))
    return socket
  }

  it('refuse messages that no subscription needs, and sockets for other addresses', async () => {
    const socket = await begunSocket()
    socket.send('x'.repeat(100_000))
    const [code] = await once(socket, 'close')
    expect(code).toBe(1009)
    const elsewhere = new WebSocket(url.replace('http', 'ws').replace('/graphql', '/other'), 'graphql-transport-ws')
    const [error] = await once(elsewhere, 'error')
    expect(String(error)).toContain('404')
  })

  it('are refused a second time under one id, however long that is', async () => {
    const socket = await begunSocket()
    await once(socket, 'message')
    const id = 'ё'.repeat(200)
    const payload = { query: QUERY, variables: { lineId: lineId(1) } }
    for (let time = 0; time < 2; time++) socket.send(JSON.stringify({ id, type: 'subscribe', payload }))
    const [code, reason] = await once(socket, 'close')
    expect(code).toBe(4409)
    expect(String(reason)).toMatch(/^Subscriber for ё+$/)
  })

  it('leave other requests as they are: one that would rather speak HTTP/2 is answered', async () => {
    const request = sendHttp(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        connection: 'Upgrade, HTTP2-Settings',
        upgrade: 'h2c',
        'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
        authorization: `Bearer ${token}`,
      },
    })
    request.end(JSON.stringify({ query: '{ viewer { id } }' }))
    const [response] = await once(request, 'response')
    expect((await response.toArray()).join('')).toBe(`{"data":{"viewer":{"id":"${accountId(1)}"}}}\n`)
  })

  it('are not what a plain request gets: it is told where to go', async () => {
    const { status, errors } = await cabinet.ask({ query: QUERY, variables: { lineId: lineId(1) } }, token)
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 400, code: 'BAD_REQUEST' })
  })

  it('survive a client that says nothing at all', async () => {
    const { hostname, port } = new URL(url)
    const stranger = connect(Number(port), hostname)
    await once(stranger, 'connect')
    stranger.write(
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    )
    // 101, and after three seconds of silence a close frame with 4408.
    let bytes = Buffer.alloc(0)
    stranger.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
    })
    await vi.waitFor(() => expect(bytes.includes(Buffer.from([0x11, 0x38]))).toBe(true), { timeout: 10_000 })
    stranger.destroy()
  })
})
