import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { isObjectType, Kind, type ObjectTypeDefinitionNode, parse, valueFromASTUntyped } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNER_ID, principalOf, VIEWER_KINDS, type ViewerKind } from '../cli/testing/access/viewers.ts'
import { createWorld } from '../cli/testing/access/world.ts'
import { openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'
import { type InternalIdentity, signInternalToken } from '../platform/identity/internal-token.ts'
import { findKeyAmong, generatePrivateKey, publicKeys, signingKey } from '../platform/identity/keys.ts'
import { UNKNOWN_CLIENT } from '../platform/identity/viewer.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { subgraphSdl } from '../platform/subgraph/sdl.ts'
import { serveSubgraph } from '../platform/subgraph/serve.ts'

const ACCOUNTS = { issuer: 'accounts', principal: { kind: 'service', name: 'accounts' } } as const

const OWNER = VIEWER_KINDS.find(({ accountId, isBelieved }) => accountId === OWNER_ID && isBelieved) as ViewerKind

let cabinet: TestCabinet
let lineId: string

beforeAll(async () => {
  cabinet = await openTestCabinet()
  lineId = (await createWorld(cabinet.database)).subjectFor(OWNER).lineId
})

afterAll(() => cabinet.close())

describe('the machinery of federation', () => {
  it.each([
    ['_service', '{ _service { sdl } }'],
    ['_entities', '{ _entities(representations: [{ __typename: "Line", id: "1" }]) { __typename } }'],
    ['_Any', 'query ($of: [_Any!]!) { viewer { id } }'],
    [
      '_entities in a fragment',
      'fragment Hidden on Query { _entities(representations: []) { __typename } } { ...Hidden }',
    ],
  ])('is not reached through the gateway: %s', async (_, query) => {
    const { status, data, errors } = await cabinet.ask({ query }, await OWNER.token(cabinet))
    expect(status).toBe(400)
    expect(data).toBeUndefined()
    expect(errors?.map(({ extensions }) => extensions.code)).toContain('GRAPHQL_VALIDATION_FAILED')
    expect(JSON.stringify(errors)).not.toContain('@access')
  })

  it('does not show in what the gateway tells of its schema', async () => {
    const { data } = await cabinet.ask({ query: '{ __schema { queryType { fields { name } } types { name } } }' })
    const names = [...data.__schema.types, ...data.__schema.queryType.fields].map(({ name }: { name: string }) => name)
    expect(names).toContain('line')
    expect(names.filter((name) => /^_(?!_)|^(join|link)__/.test(name))).toEqual([])
  })
})

describe.each(SUBGRAPH_NAMES)('%s, over HTTP', (name) => {
  const QUERY = '{ _service { sdl } }'
  let http: FastifyInstance
  let sign: (identity?: Partial<InternalIdentity>, audience?: string, kid?: string) => Promise<string>

  beforeAll(async () => {
    const privateKeys = await Promise.all(['development.gateway.1', 'development.accounts.1'].map(generatePrivateKey))
    const findKey = findKeyAmong(publicKeys({ keys: privateKeys }))
    const { clock } = cabinet
    http = serveSubgraph({
      subgraph: cabinet.subgraphs[name],
      findKey,
      clock,
      newId: createNewId(clock),
      logger: silentLogger,
    })
    sign = async (identity = {}, audience = name, kid = 'development.gateway.1') => {
      const signer = await signingKey({ keys: privateKeys.filter((key) => key.kid === kid) })
      const principal = principalOf(OWNER)
      return signInternalToken({ issuer: 'gateway', principal, language: 'ru', ...identity }, audience, signer, clock)
    }
  })

  afterAll(() => http.close())

  const post = async (url: string, payload: object, token: string | null) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` }
    const { statusCode, body } = await http.inject({ method: 'POST', url, headers, payload })
    return { statusCode, body }
  }

  it('answers the gateway', async () => {
    const { statusCode, body } = await post('/graphql', { query: QUERY }, await sign())
    expect([statusCode, JSON.parse(body).errors]).toEqual([200, undefined])
  })

  it.each<[string, () => Promise<string | null>]>([
    ['anyone', async () => null],
    ['a client with its access token', async () => (await OWNER.token(cabinet)) ?? null],
    ['another subgraph that speaks for a person', () => sign({ issuer: 'accounts' }, name, 'development.accounts.1')],
    ['another subgraph that says to be the gateway', () => sign({ issuer: 'gateway' }, name, 'development.accounts.1')],
    ['the gateway when it speaks to another', () => sign({}, name === 'payments' ? 'products' : 'payments')],
    ['nonsense', async () => 'nonsense'],
  ])('answers 401 and nothing else to %s', async (_, token) => {
    const { statusCode, body } = await post('/graphql', { query: QUERY }, await token())
    expect(statusCode).toBe(401)
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })

  it('does not answer a query in an address, nor events from outside or from the gateway', async () => {
    const token = await sign()
    const get = await http.inject({ url: `/graphql?query=${encodeURIComponent(QUERY)}` })
    expect(get.statusCode).toBe(404)
    expect((await post('/events', {}, null)).statusCode).toBe(401)
    expect((await post('/events', {}, token)).statusCode).toBe(401)
    expect((await post('/events', {}, await sign(ACCOUNTS, name, 'development.accounts.1'))).statusCode).toBe(400)
  })
})

describe('a key of an entity', () => {
  const declared = SUBGRAPH_NAMES.flatMap((subgraph) =>
    resolvableKeys(subgraphSdl(subgraph), 'key').map(({ entity }): [string, SubgraphName] => [entity, subgraph]),
  )
  const ids = (entity: string) => ({ Account: OWNER_ID, Line: lineId })[entity]

  it.each(declared)('is resolved: %s in %s', async (entity, subgraph) => {
    const result = await cabinet.subgraphs[subgraph].execute(
      {
        query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${entity} { __typename id } } }`,
        variables: { of: [{ __typename: entity, id: ids(entity) }] },
      },
      { principal: principalOf(OWNER), language: 'ru', requestId: 'a request', client: UNKNOWN_CLIENT },
    )
    expect(ids(entity), `an id of ${entity}: add it to this test`).toBeDefined()
    expect(result).toEqual({ data: { _entities: [{ __typename: entity, id: ids(entity) }] } })
  })

  it('is resolved by every subgraph that a plan may ask for the entity', () => {
    const supergraph = readFileSync(new URL('supergraph.graphql', import.meta.url), 'utf8')
    const planned = resolvableKeys(supergraph, 'join__type').map(({ entity, graph }) => [entity, graph])
    expect(planned.sort()).toEqual(declared.sort())
    for (const [entity, subgraph] of declared) {
      const type = cabinet.subgraphs[subgraph].schema.getType(entity)
      const apollo = isObjectType(type) ? type.extensions['apollo'] : undefined
      expect(apollo, `${entity} in ${subgraph}`).toMatchObject({ subgraph: { resolveReference: expect.any(Function) } })
    }
  })
})

/** The entities of a schema that can be asked for by their keys, and where, if the directive says so. */
function resolvableKeys(sdl: string, directive: 'key' | 'join__type'): { entity: string; graph: string }[] {
  return parse(sdl)
    .definitions.filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .flatMap((type) =>
      (type.directives ?? [])
        .filter(({ name }) => name.value === directive)
        .map(
          ({ arguments: values = [] }): Record<string, unknown> =>
            Object.fromEntries(values.map(({ name, value }) => [name.value, valueFromASTUntyped(value)])),
        )
        .filter(({ key, fields, resolvable }) => (key ?? fields) !== undefined && resolvable !== false)
        .map(({ graph }) => ({
          entity: type.name.value,
          graph: String(graph).toLowerCase().replaceAll('_', '-'),
        })),
    )
}
