import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  Observable,
} from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { Client, cacheExchange, createRequest, fetchExchange, subscriptionExchange } from '@urql/core'
import { type DocumentNode, getOperationAST, isAbstractType, print } from 'graphql'
import { createClient as createEventClient } from 'graphql-sse'
import { createClient as createSocketClient } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { MANIFESTS_PATH } from '../cli/project.ts'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertLine,
  insertPosting,
  lineId,
  phone,
} from '../cli/testing/fixture.ts'
import { operationText } from '../cli/testing/front-end.ts'
import { openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'
import { operationId } from '../platform/operations/normal-form.ts'
import { apiSchema } from '../schema/compose.ts'
import { currentManifest } from '../schema/manifest.ts'
import { createStoppedTransport } from './testing/sickness.ts'
import type { Transport } from './transport/transport.ts'

const IDS = new Map(currentManifest().operations.map(({ name, id }) => [name, id]))
const document = (operation: string) => gql(operationText(operation))
const AD_HOC = gql('query AdHoc { viewer { id } }')

/** What a cache has to know of interfaces and unions. */
const possibleTypes = Object.fromEntries(
  Object.values(apiSchema().getTypeMap())
    .filter((type) => isAbstractType(type))
    .map((type) => [
      type.name,
      apiSchema()
        .getPossibleTypes(type)
        .map(({ name }) => name),
    ]),
)

const SESSION_ID = 'the session'

let cabinet: TestCabinet
let url: string
let token: string
/** What the clients have sent over HTTP. */
let sent: { method: string; url: string; body: { query?: string; extensions?: object } }[]
let isPaymentsAway = false

const watchingFetch: typeof fetch = (input, init) => {
  const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {}
  sent.push({ method: init?.method ?? 'GET', url: String(input), body })
  return fetch(input, init)
}

beforeAll(async () => {
  stopped = await createStoppedTransport()
  cabinet = await openTestCabinet({
    isDevelopment: false,
    operations: { manifests: MANIFESTS_PATH, isOpen: false, adHocRoles: [] },
    wrapTransport: (name, transport) => (name === 'payments' ? breakable(transport) : transport),
  })
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1, displayName: 'Анна' })
  await insertAccount(cabinet.database, { number: 2 })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1), kopecks: 12_345n, optionCount: 1 })
  await insertLine(cabinet.database, { number: 2, ownerId: accountId(2) })
  token = await cabinet.signPrincipal({
    kind: 'account',
    accountId: accountId(1),
    personId: accountId(1),
    sessionId: SESSION_ID,
    organizationRole: null,
  })
  url = `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterAll(async () => {
  await cabinet.close()
  await stopped.close()
})

let stopped: Transport
const breakable = (transport: Transport): Transport => ({
  ...transport,
  send: (request) => (isPaymentsAway ? stopped : transport).send(request),
})

const closing: (() => unknown)[] = []
beforeEach(() => {
  sent = []
  isPaymentsAway = false
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const headers = () => ({ authorization: `Bearer ${token}` })
function socketClient() {
  const client = createSocketClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: async () => headers(),
  })
  closing.push(() => client.dispose())
  return client
}
function eventClient() {
  const client = createEventClient({ url, headers: async () => headers() })
  closing.push(() => client.dispose())
  return client
}
const changeBalance = () => insertPosting(cabinet.database, { lineId: lineId(1), amount: 1 })

describe('Apollo Client', () => {
  interface Options {
    readonly token?: string
    readonly at?: string
    readonly generateHash?: (query: DocumentNode) => string
    readonly useGETForHashedQueries?: boolean
  }
  /** As an app is built: ids come from the manifest, by the name of the operation. */
  const idOf = (query: DocumentNode) => IDS.get(getOperationAST(query)?.name?.value ?? '') ?? 'f'.repeat(64)

  function open({ token: as = token, at = url, generateHash = idOf, ...options }: Options = {}, streams?: ApolloLink) {
    const http = new HttpLink({ uri: at, fetch: watchingFetch, headers: { authorization: `Bearer ${as}` } })
    const link = new PersistedQueryLink({ generateHash, ...options }).concat(http)
    const client = new ApolloClient({
      cache: new InMemoryCache({ possibleTypes }),
      link: streams ? ApolloLink.split(({ operationType }) => operationType === 'subscription', streams, link) : link,
    })
    closing.push(() => client.stop())
    return client
  }

  it('asks by the ids of the manifest, without a text, and keeps the answer', async () => {
    const client = open()
    const { data } = await client.query({ query: document('home') })
    expect(data).toMatchObject({
      viewer: { __typename: 'Account', lines: { nodes: [{ balance: { available: { amount: '123.45' } } }] } },
    })
    expect(sent.map(({ method, body }) => [method, body.query])).toEqual([['POST', undefined]])
    await client.query({ query: document('home') })
    expect(sent).toHaveLength(1)
  })

  it('needs no manifest: the hash that it makes itself is the id', async () => {
    const client = open({ generateHash: (query) => operationId(print(query)) })
    for (const name of ['home', 'sessions', 'catalogue']) {
      expect((await client.query({ query: document(name) })).error).toBeUndefined()
    }
    expect(sent.map(({ body }) => body.query)).toEqual([undefined, undefined, undefined])
  })

  it('asks by GET where it is told to', async () => {
    const client = open({ useGETForHashedQueries: true })
    const { data } = await client.query({ query: document('account') })
    expect(data).toMatchObject({ viewer: { id: accountId(1) } })
    expect(sent[0]?.method).toBe('GET')
  })

  it('changes something, and gets refusals as typed values', async () => {
    const client = open()
    const grant = (number: number, line = 1) =>
      client.mutate({
        mutation: document('grant-line-access'),
        variables: { input: { lineId: lineId(line), phone: phone(number), rights: ['VIEW'] } },
      })
    expect((await grant(2)).data).toMatchObject({ grantLineAccess: { __typename: 'GrantLineAccessSuccess' } })
    // Nobody has that number; the other line is not the viewer's.
    expect((await grant(9)).data).toMatchObject({
      grantLineAccess: { __typename: expect.stringMatching(/Error$/), message: expect.any(String) },
    })
    expect((await grant(2, 2)).data).toMatchObject({
      grantLineAccess: { __typename: 'LineNotFoundError', path: ['lineId'] },
    })
  })

  it('gets what is there, with the errors, when a part is away', async () => {
    isPaymentsAway = true
    const { data, error } = await open().query({ query: document('home'), errorPolicy: 'all' })
    expect(data).toMatchObject({ viewer: { lines: { nodes: [{ balance: null, tariff: { name: 'Base' } }] } } })
    expect(codesOf(error)).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'])
  })

  it('is told by code when its token is not believed, and what is not for it', async () => {
    const told = async (as: string) =>
      codesOf((await open({ token: as }).query({ query: document('account'), errorPolicy: 'all' })).error)
    expect(await told('a.forged.token')).toEqual(['UNAUTHENTICATED'])
    const adHoc = await open().query({ query: AD_HOC, errorPolicy: 'all' })
    expect(codesOf(adHoc.error)).toEqual(['OPERATION_NOT_REGISTERED'])
  })

  it('has its own texts remembered by their hashes, in development', async () => {
    const development = await openTestCabinet()
    closing.push(() => development.close())
    const at = `${await development.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
    const as = await development.accountToken(await insertAccount(development.database, { number: 1 }))
    const options = { at, token: as, generateHash: (query: DocumentNode) => operationId(print(query)) }
    for (let round = 0; round < 2; round++) {
      const { data } = await open(options).query({ query: AD_HOC })
      expect(data).toMatchObject({ viewer: { id: accountId(1) } })
    }
    // By hash; with the text, as nobody knew it; by hash.
    expect(sent.map(({ body }) => body.query !== undefined)).toEqual([false, true, false])
  })

  it('is told that there is no `@defer`', async () => {
    const development = await openTestCabinet()
    closing.push(() => development.close())
    const { errors } = await development.ask({ query: '{ viewer { id ... @defer { displayName } } }' })
    expect(errors).toMatchObject([
      { message: 'Unknown directive "@defer".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ])
  })

  const streams: [string, () => ApolloLink][] = [
    ['graphql-ws', () => new GraphQLWsLink(socketClient())],
    [
      'graphql-sse',
      () => {
        const client = eventClient()
        return new ApolloLink(({ query, variables }) => {
          return new Observable((observer) => client.subscribe({ query: print(query), variables }, observer as never))
        })
      },
    ],
  ]

  it.each(streams)('follows a line by %s', async (_, createLink) => {
    const client = open({}, createLink())
    const sequences: string[] = []
    await new Promise<void>((resolve, reject) => {
      const subscription = client
        .subscribe<{ balanceChanged: { sequence: string } }>({
          query: document('balance-changed'),
          variables: { lineId: lineId(1), afterSequence: null },
        })
        .subscribe({
          next({ data, error }) {
            if (error) return reject(error)
            sequences.push(data?.balanceChanged.sequence ?? '')
            if (sequences.length < 3) return void changeBalance()
            subscription.unsubscribe()
            resolve()
          },
          error: reject,
        })
    })
    const first = Number(sequences[0])
    expect(sequences.map(Number)).toEqual([first, first + 1, first + 2])
  })
})

function codesOf(error: unknown): unknown[] {
  if (!CombinedGraphQLErrors.is(error)) throw error
  return error.errors.map(({ extensions }) => extensions?.['code'])
}

describe('urql', () => {
  const open = (as = token, exchanges = [cacheExchange, fetchExchange], options = {}) =>
    new Client({
      url,
      exchanges,
      fetch: watchingFetch,
      fetchOptions: () => ({ headers: { authorization: `Bearer ${as}` } }),
      preferGetMethod: false,
      ...options,
    })
  const codes = (error: { graphQLErrors: readonly { extensions: Record<string, unknown> }[] } | undefined) =>
    error?.graphQLErrors.map(({ extensions }) => extensions['code'])

  it('asks by text, as its cache makes it', async () => {
    const { data, error } = await open().query(document('home'), {}).toPromise()
    expect(error).toBeUndefined()
    expect(data).toMatchObject({
      viewer: { lines: { nodes: [{ balance: { available: { amount: expect.any(String) } } }] } },
    })
    expect(sent[0]?.body.query).toContain('__typename')
  })

  it('asks by id, without a text, by POST and by GET', async () => {
    const persistedQuery = { version: 1, sha256Hash: IDS.get('Account') ?? '' } as const
    for (const preferGetMethod of [false, 'force'] as const) {
      const client = open(token, [fetchExchange], { preferGetMethod })
      const request = createRequest(document('account'), {}, { persistedQuery })
      const { data, error } = await client.executeQuery(request).toPromise()
      expect(error).toBeUndefined()
      expect(data).toMatchObject({ viewer: { id: accountId(1) } })
    }
    expect(sent.map(({ method, body }) => [method, body.query])).toEqual([
      ['POST', undefined],
      ['GET', undefined],
    ])
  })

  it('changes something, and gets refusals as typed values', async () => {
    const client = open()
    const setLanguage = document('set-language')
    const changed = await client.mutation(setLanguage, { input: { language: 'EN' } }).toPromise()
    expect(changed.data).toMatchObject({ setLanguage: { __typename: 'SetLanguageSuccess' } })
    const refused = await client
      .mutation(document('grant-line-access'), {
        input: { lineId: lineId(2), phone: phone(1), rights: ['VIEW'] },
      })
      .toPromise()
    expect(refused.data).toMatchObject({ grantLineAccess: { __typename: 'LineNotFoundError', path: ['lineId'] } })
  })

  it('gets what is there, with the errors, when a part is away', async () => {
    isPaymentsAway = true
    const { data, error } = await open().query(document('home'), {}).toPromise()
    expect(data).toMatchObject({ viewer: { lines: { nodes: [{ balance: null, tariff: { name: 'Base' } }] } } })
    expect(codes(error)).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'])
  })

  it('is told by code when its token is not believed, and what is not for it', async () => {
    const forged = await open('a.forged.token').query(document('account'), {}).toPromise()
    expect(codes(forged.error)).toEqual(['UNAUTHENTICATED'])
    const adHoc = await open().query(AD_HOC, {}).toPromise()
    expect(codes(adHoc.error)).toEqual(['OPERATION_NOT_REGISTERED'])
  })

  const follow = (client: { subscribe(payload: object, sink: never): () => void }) =>
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables = {} }) => ({
        subscribe: (sink) => ({ unsubscribe: client.subscribe({ query, variables }, sink as never) }),
      }),
    })
  const streams: [string, () => Client][] = [
    ['graphql-ws', () => open(token, [fetchExchange, follow(socketClient())])],
    ['graphql-sse', () => open(token, [fetchExchange, follow(eventClient())])],
    ['events of its own', () => open(token, [fetchExchange], { fetchSubscriptions: true })],
  ]

  it.each(streams)('follows a line by %s', async (_, openClient) => {
    const sequences: number[] = []
    await new Promise<void>((resolve, reject) => {
      openClient()
        .subscription(document('balance-changed'), { lineId: lineId(1), afterSequence: null })
        .subscribe(({ data, error }) => {
          if (error) return reject(error)
          if (data) sequences.push(Number(data.balanceChanged.sequence))
          return sequences.length < 3 ? void changeBalance() : resolve()
        })
    })
    // To leave a stream of its own in the middle is more than urql can do in Node: it ends from the other side.
    cabinet.gateway.endStreamsOf(SESSION_ID)
    const [first = Number.NaN] = sequences
    expect(sequences.slice(0, 3)).toEqual([first, first + 1, first + 2])
  })
})
