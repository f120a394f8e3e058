import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type DocumentNode, parse, print } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MANIFESTS_PATH } from '../../cli/project.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { operationText } from '../../cli/testing/front-end.ts'
import { type OpenStream, STREAM_CLIENTS, type StreamClient } from '../../cli/testing/stream-clients.ts'
import { type Operation, openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { createManifest, registerOperation } from '../../platform/operations/manifest.ts'
import { operationId, withTypenames } from '../../platform/operations/normal-form.ts'
import { readOperations } from '../../schema/operations.ts'

const ACCOUNT = operationText('account')
const { id: ACCOUNT_ID, body: ACCOUNT_BODY } = registerOperation(ACCOUNT)
/** What an app in the field sends, that no front end of today does. */
const OLD = 'query Old { viewer { id displayName } }'
/** One that fits the schema no more. */
const GONE = 'query Gone { viewer { faxNumber } }'
const AD_HOC = 'query AdHoc { viewer { id } }'

let cabinet: TestCabinet
let manifests: string
let url: string
let token: string

const persisted = (sha256Hash: string, version = 1) => ({ persistedQuery: { version, sha256Hash } })

beforeAll(async () => {
  manifests = await mkdtemp(path.join(tmpdir(), 'cabinet-registered-'))
  await cp(MANIFESTS_PATH, manifests, { recursive: true })
  const released = createManifest([OLD, GONE, ACCOUNT].map(registerOperation))
  await writeFile(path.join(manifests, '2026-01-01-app.json'), JSON.stringify(released))
  cabinet = await openTestCabinet({
    isDevelopment: false,
    operations: { manifests, isOpen: false, adHocRoles: ['supervisor'] },
  })
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1, displayName: 'Анна' })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
  token = await cabinet.accountToken(accountId(1))
  url = `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterAll(async () => {
  await cabinet.close()
  await rm(manifests, { recursive: true })
})

interface Told {
  readonly status: number
  readonly id?: string | undefined
  readonly code?: string | undefined
}

async function read(response: Response): Promise<Told> {
  const { data, errors } = (await response.json()) as {
    data?: { viewer: { id: string } }
    errors?: [{ extensions: { code: string } }]
  }
  return { status: response.status, id: data?.viewer.id, code: errors?.[0].extensions.code }
}

const headers = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })
const post = async (body: unknown, as = token) =>
  read(
    await fetch(url, {
      method: 'POST',
      headers: { ...headers(), authorization: `Bearer ${as}` },
      body: JSON.stringify(body),
    }),
  )
const get = async (...pairs: [string, string][]) =>
  read(await fetch(`${url}?${new URLSearchParams(pairs)}`, { headers: headers() }))

const ANSWERED = { status: 200, id: accountId(1), code: undefined }
const REFUSED = { status: 400, id: undefined, code: 'OPERATION_NOT_REGISTERED' }
const BAD = { status: 400, id: undefined, code: 'BAD_REQUEST' }

describe('a registered operation, in production', () => {
  it.each<[string, object]>([
    ['by the id of Apollo’s clients', { extensions: persisted(ACCOUNT_ID), operationName: 'Account' }],
    ['by that id without a name', { extensions: persisted(ACCOUNT_ID) }],
    ['by `documentId`', { documentId: `sha256:${ACCOUNT_ID}` }],
    ['by `documentId` without a prefix', { documentId: ACCOUNT_ID }],
    ['by id and text', { query: ACCOUNT_BODY, extensions: persisted(ACCOUNT_ID) }],
    ['by the text of its file', { query: ACCOUNT }],
    ['by the text that a client with a cache makes of it', { query: ACCOUNT_BODY }],
    ['by its text in another layout', { query: `# home\n${ACCOUNT.replaceAll(/\s+/g, ' ')}` }],
    ['of an earlier release', { extensions: persisted(registerOperation(OLD).id) }],
    ['beside other extensions', { query: OLD, extensions: { tracing: true } }],
  ])('runs %s', async (_, body) => {
    expect(await post(body)).toEqual(ANSWERED)
  })

  it('runs by GET, by id and by text', async () => {
    expect(await get(['extensions', JSON.stringify(persisted(ACCOUNT_ID))])).toEqual(ANSWERED)
    expect(await get(['documentId', ACCOUNT_ID], ['operationName', 'Account'])).toEqual(ANSWERED)
    expect(await get(['query', ACCOUNT], ['variables', '{}'])).toEqual(ANSWERED)
  })

  it('changes nothing by GET, though a mutation be registered', async () => {
    const { id } = registerOperation(operationText('sign-out'))
    expect(await get(['documentId', id])).toMatchObject({ status: 405 })
  })

  it('answers with what its text asks for: names of types only to clients that ask for them', async () => {
    const asked = async (operation: Operation) => JSON.stringify((await cabinet.ask(operation, token)).data)
    for (const query of [ACCOUNT_BODY, ACCOUNT_BODY.replaceAll(/\s+/g, ' ')]) {
      expect(await asked({ query })).toContain('"__typename":"Account"')
    }
    expect(await asked({ query: ACCOUNT })).not.toContain('__typename')
  })

  it('is every operation of the project, as any client sends it', async () => {
    const unknown = 'no such operation'
    for (const text of Object.values(readOperations())) {
      const document = parse(text)
      for (const query of [text, print(document), print(withTypenames(document)), reordered(document)]) {
        // By the name it is refused, after the text was taken.
        const answer = await post({ query, operationName: unknown })
        expect(answer).toMatchObject({ status: 400, code: 'OPERATION_RESOLUTION_FAILURE' })
      }
    }
  })

  it('is every typed document that `npm run generate` makes', async () => {
    const generated: Readonly<Record<string, unknown>> = await import('../../schema/generated/graphql.ts')
    const texts = Object.entries(generated).flatMap(([name, value]) =>
      name.endsWith('Document') ? [String(value)] : [],
    )
    expect(texts.length).toBeGreaterThan(70)
    for (const query of texts) {
      const answer = await post({ query, operationName: 'no such operation' })
      expect(answer).toMatchObject({ status: 400, code: 'OPERATION_RESOLUTION_FAILURE' })
    }
  })

  it('that fits the schema no more is refused for what is wrong with it, and was reported by name', async () => {
    expect(await post({ extensions: persisted(registerOperation(GONE).id) })).toMatchObject({
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    })
    const misfits = cabinet.gateway.supergraphStatus().misfits.map(({ name, problem }) => `${name}: ${problem}`)
    expect(new Set(misfits)).toEqual(new Set(['Gone: Cannot query field "faxNumber" on type "Account".']))
  })
})

function reordered({ kind, definitions }: DocumentNode): string {
  return print({ kind, definitions: definitions.toReversed() })
}

describe('what is not registered, in production', () => {
  it.each<[string, object]>([
    ['a text', { query: AD_HOC }],
    ['a text with one field more', { query: ACCOUNT.replace('kind', 'kind closedAt') }],
    ['a text with an alias', { query: ACCOUNT.replace('kind', 'sort: kind') }],
    ['a registered text with another behind it', { query: `${ACCOUNT} ${AD_HOC}`, operationName: 'AdHoc' }],
    ['what is no GraphQL', { query: '{' }],
    ['an id that nobody knows', { extensions: persisted('a'.repeat(64)) }],
    ['a text under its own id', { query: AD_HOC, extensions: persisted(operationId(AD_HOC)) }],
    ['introspection', { query: '{ __schema { queryType { name } } }' }],
    ['the smallest of all', { query: '{ __typename }' }],
  ])('is refused: %s', async (_, body) => {
    expect(await post(body)).toEqual(REFUSED)
  })

  it.each<[string, object]>([
    ['a text under the id of another', { query: AD_HOC, extensions: persisted(ACCOUNT_ID) }],
    ['a registered text under the id of another', { query: OLD, extensions: persisted(ACCOUNT_ID) }],
    ['an id of a version that is not known', { extensions: persisted(ACCOUNT_ID, 2) }],
    ['an id that is no hash', { documentId: 'Account' }],
    ['a list of operations', [{ query: AD_HOC }]],
    ['a text that is none', { query: { kind: 'Document' } }],
    ['nothing', {}],
  ])('is told what is wrong with it: %s', async (_, body) => {
    expect(await post(body)).toEqual(BAD)
  })

  it('does not slip through in an address either', async () => {
    expect(await get(['query', AD_HOC])).toEqual(REFUSED)
    expect(await get(['query', ACCOUNT], ['query', AD_HOC])).toEqual(BAD)
    expect(await get(['query', AD_HOC], ['documentId', ACCOUNT_ID], ['documentId', ACCOUNT_ID])).toEqual(BAD)
    expect(await get(['query', AD_HOC], ['documentId', ACCOUNT_ID])).toEqual(BAD)
    expect(await get(['query', AD_HOC], ['extensions', '{'])).toEqual(REFUSED)
    const extensions = JSON.stringify(persisted(ACCOUNT_ID))
    expect(await get(['query', AD_HOC], ['extensions', extensions], ['extensions', '{}'])).toEqual(BAD)
  })

  it('is not remembered by a hash that a client makes up for it', async () => {
    const id = operationId(AD_HOC)
    await post({ query: AD_HOC, extensions: persisted(id) })
    expect(await post({ extensions: persisted(id) })).toEqual(REFUSED)
  })

  it('runs for a role of staff that is named, and for no other', async () => {
    const query = '{ tariffs { id } }'
    const told = async (as: string) => (await cabinet.ask({ query }, as)).errors?.[0]?.extensions.code
    expect(await told(await cabinet.staffToken('supervisor'))).toBeUndefined()
    expect(await told(await cabinet.staffToken('consultant'))).toBe('OPERATION_NOT_REGISTERED')
    expect(await told(token)).toBe('OPERATION_NOT_REGISTERED')
    const unknown = { extensions: persisted(operationId(AD_HOC)) }
    expect(await post(unknown, await cabinet.staffToken('supervisor'))).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
    })
  })

  it('is refused after whoever asks was found not to be signed in', async () => {
    expect(await post({ query: AD_HOC }, 'a.forged.token')).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  })
})

describe.each(STREAM_CLIENTS)('a subscription by $name, in production', (client: StreamClient) => {
  const SUBSCRIPTION = operationText('balance-changed')
  let stream: OpenStream | undefined
  afterEach(() => stream?.close())

  function open(query: string, extensions?: Record<string, unknown>, as = token): OpenStream {
    const variables = { lineId: lineId(1) }
    stream = client.open({ url, token: as, query, variables, ...(extensions && { extensions }) })
    return stream
  }
  const sequence = async (opened: OpenStream) => (await opened.answers.next()).value.data.balanceChanged.sequence
  const told = (opened: OpenStream) =>
    opened.answers.next().then(
      ({ value }) => JSON.stringify(value),
      (error) => JSON.stringify(error),
    )

  it('runs by id and by text', async () => {
    expect(await sequence(open('', persisted(registerOperation(SUBSCRIPTION).id)))).toBe('0')
    stream?.close()
    expect(await sequence(open(SUBSCRIPTION))).toBe('0')
  })

  it('is refused by the rules by which queries are', async () => {
    const introspection = 'query Schema { __schema { queryType { name } } }'
    const opened = open(`${SUBSCRIPTION} ${introspection}`, undefined, await cabinet.staffToken('supervisor'))
    expect(await told(opened)).toContain('GRAPHQL_VALIDATION_FAILED')
  })

  it('that is not registered is refused, but for a role that is named', async () => {
    const adHoc = 'subscription ($lineId: ID!) { balanceChanged(lineId: $lineId) { sequence } }'
    expect(await told(open(adHoc))).toContain('OPERATION_NOT_REGISTERED')
    expect(await told(open('', persisted('b'.repeat(64))))).toContain('OPERATION_NOT_REGISTERED')
    expect(await told(open(adHoc, undefined, await cabinet.staffToken('supervisor')))).toContain('balanceChanged')
    // That the text has been read for one is no right of another.
    expect(await told(open(adHoc))).toContain('OPERATION_NOT_REGISTERED')
  })
})

describe('in development', () => {
  let development: TestCabinet
  beforeAll(async () => {
    development = await openTestCabinet()
    await insertAccount(development.database, { number: 1 })
  })
  afterAll(() => development.close())

  it('any operation runs, and its text is remembered by its hash', async () => {
    const owner = await development.accountToken(accountId(1))
    const send = async (payload: object) => {
      const response = await development.gateway.http.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: `Bearer ${owner}` },
        payload,
      })
      const { data, errors } = response.json<{ data?: object; errors?: [{ extensions: { code: string } }] }>()
      return { status: response.statusCode, ...(errors ? { code: errors[0].extensions.code } : { data }) }
    }
    const extensions = persisted(operationId(AD_HOC))
    expect(await send({ extensions })).toEqual({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' })
    const answered = { status: 200, data: { viewer: { id: accountId(1) } } }
    expect(await send({ query: AD_HOC, extensions })).toEqual(answered)
    expect(await send({ extensions })).toEqual(answered)
    const other = persisted('a'.repeat(64))
    expect(await send({ query: AD_HOC, extensions: other })).toEqual({ status: 400, code: 'BAD_REQUEST' })
  })
})
