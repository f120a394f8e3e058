import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { eventClient, type OpenStream, socketClient } from '../../cli/testing/stream-clients.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { onlyValue } from '../../platform/iterators.ts'

const QUERY = 'subscription ($lineId: ID!) { balanceChanged(lineId: $lineId) { sequence } }'

const PATIENCE = { timeout: 10_000, interval: 50 }
/** As many as one person may have. */
const PLACES = 10

describe('a stream that is not open yet', () => {
  let cabinet: TestCabinet
  let url: string
  let token: string
  /** What holds up payments, who are asked to begin; null when nothing does. */
  let held: PromiseWithResolvers<void> | null
  let asked: number
  const open: OpenStream[] = []

  beforeEach(async () => {
    held = Promise.withResolvers()
    asked = 0
    cabinet = await openTestCabinet({
      wrapTransport: (_, transport) => ({
        ...transport,
        async subscribe(...all) {
          asked++
          await held?.promise
          return transport.subscribe?.(...all) ?? onlyValue({})
        },
      }),
    })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
    url = `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
    token = await cabinet.signPrincipal({
      ...{ kind: 'account', accountId: accountId(1), personId: accountId(1), organizationRole: null },
      sessionId: 'the session',
    })
  })
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close()
    await cabinet.close()
  })

  function subscribe(client = eventClient, query = QUERY): OpenStream {
    const stream = client.open({ url, token, query, variables: { lineId: lineId(1) } })
    open.push(stream)
    return stream
  }
  const next = async (stream: OpenStream) => (await stream.answers.next()).value
  /** Opens one, and has it stay open. */
  const opens = () =>
    vi.waitFor(async () => expect(await next(subscribe())).toMatchObject({ data: { balanceChanged: {} } }), PATIENCE)
  function letGo(): void {
    held?.resolve()
    held = null
  }

  it('leaves its place when its client has gone meanwhile', async () => {
    for (let number = 0; number < PLACES; number++) {
      const stream = subscribe()
      void stream.answers.next().catch(() => undefined)
      await vi.waitFor(() => expect(asked).toBe(number + 1))
      stream.close()
    }
    letGo()
    for (let number = 0; number < PLACES; number++) await opens()
  })

  it('ends when its session has ended meanwhile', async () => {
    const first = next(subscribe())
    await vi.waitFor(() => expect(asked).toBe(1))
    cabinet.gateway.endStreamsOf('the session')
    letGo()
    expect((await first).errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' })
  })

  it('is refused over a WebSocket with what clients are meant to see, and no more', async () => {
    const told = subscribe(socketClient, 'subscription { ').answers.next()
    const [error] = await told.then(
      () => [],
      (errors) => errors,
    )
    expect(error.extensions).toEqual({ code: 'GRAPHQL_PARSE_FAILED' })
    const aliases = Array.from({ length: 500 }, (_, number) => `a${number}: sequence`).join(' ')
    const large = subscribe(socketClient, `subscription { balanceChanged(lineId: "1") { ${aliases} } }`).answers.next()
    const [refusal] = await large.then(
      () => [],
      (errors) => errors,
    )
    expect(Object.keys(refusal.extensions)).not.toContain('http')
  })

  it('without a name is told of nothing that one with an empty name was refused for', async () => {
    letGo()
    const anonymous = eventClient.open({
      url,
      token,
      query: QUERY,
      variables: { lineId: lineId(1) },
      operationName: '',
    })
    open.push(anonymous)
    expect(await next(anonymous)).toMatchObject({ data: { balanceChanged: { sequence: '0' } } })
    expect(await next(subscribe())).toMatchObject({ data: { balanceChanged: { sequence: '0' } } })
    expect(await next(subscribe(socketClient))).toMatchObject({ data: { balanceChanged: { sequence: '0' } } })
  })
})
