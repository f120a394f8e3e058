import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { STREAM_CLIENTS } from '../../cli/testing/stream-clients.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { createManifest, registerOperation } from '../../platform/operations/manifest.ts'

const MSISDN = '+79160000001'
const TARIFF = { name: expect.any(String) }
const BALANCE = { available: { amount: expect.any(String) } }
const inLine = (fields: string) => `query Aliased { viewer { lines { nodes { ${fields} } } } }`
const line = (fields: object) => ({ viewer: { lines: { nodes: [fields] } } })

/** Fields under names that the plan has for itself, and what they say. */
const ALIASED: readonly [title: string, query: string, data: object][] = [
  [
    'the name of the key, beside another subgraph’s field',
    inLine('id: msisdn balance { available { amount } }'),
    line({ id: MSISDN, balance: BALANCE }),
  ],
  [
    'the name of the key, for what is no text',
    inLine('id: isNumberManagementEnabled balance { available { amount } }'),
    line({ id: expect.any(Boolean), balance: BALANCE }),
  ],
  [
    'the name of the key, for a list',
    inLine('id: rights tariff { name }'),
    line({ id: expect.any(Array), tariff: TARIFF }),
  ],
  [
    'the name of the key, for an object of another subgraph',
    inLine('id: tariff { id: name name: id } balance { available { amount } }'),
    line({ id: { id: expect.any(String), name: expect.any(String) }, balance: BALANCE }),
  ],
  [
    'the name of the key, in a fragment beside one that asks for the key',
    `query Aliased { viewer { displayName ...A lines { nodes { id ...B } } } }
     fragment A on Account { id: kind } fragment B on Line { msisdn: id tariff { name } }`,
    {
      viewer: {
        displayName: 'Анна',
        id: 'INDIVIDUAL',
        lines: { nodes: [{ id: lineId(1), msisdn: lineId(1), tariff: TARIFF }] },
      },
    },
  ],
  [
    'a name that looks as if the plan had made it',
    inLine('id: msisdn id__asked: id id__asked__asked: rights tariff { name }'),
    line({ id: MSISDN, id__asked: lineId(1), id__asked__asked: expect.any(Array), tariff: TARIFF }),
  ],
  [
    'the name of the type’s name',
    'query Aliased { viewer { __typename: id lines { nodes { __typename: msisdn tariff { __typename: name } } } } }',
    {
      viewer: {
        ['__typename']: accountId(1),
        lines: { nodes: [{ ['__typename']: MSISDN, tariff: { ['__typename']: expect.any(String) } }] },
      },
    },
  ],
  [
    'names that every object has',
    'query Aliased { viewer { constructor: displayName toString: kind lines { valueOf: nodes { hasOwnProperty: alias } } } }',
    {
      viewer: {
        constructor: 'Анна',
        toString: 'INDIVIDUAL',
        lines: { valueOf: [{ hasOwnProperty: null }] },
      },
    },
  ],
]
const CONDITIONAL = `query Conditional($a: Boolean!) {
  viewer { lines { nodes { ... @include(if: $a) { id: msisdn } ... @skip(if: $a) { balance { available { amount } } } } } }
}`
const PROTO = 'query Proto { viewer { lines { __proto__: nodes { msisdn } } } }'

async function fill(cabinet: TestCabinet): Promise<string> {
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1, displayName: 'Анна' })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
  return cabinet.accountToken(accountId(1))
}

describe('a field that the client calls by', () => {
  let cabinet: TestCabinet
  let token: string
  let url: string | undefined
  beforeAll(async () => {
    cabinet = await openTestCabinet()
    token = await fill(cabinet)
  })
  afterAll(() => cabinet.close())

  it.each(ALIASED)('%s says what it says', async (_, query, data) => {
    const answer = await cabinet.ask({ query }, token)
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual(data)
  })

  it.each([
    [true, { id: MSISDN }],
    [false, { balance: BALANCE }],
  ])('the name of the key on a condition is there when that is %s, and else hides no key', async (a, node) => {
    const answer = await cabinet.ask({ query: CONDITIONAL, variables: { a } }, token)
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual(line(node))
  })

  it('the name of its prototype takes nothing away from others, however often', async () => {
    for (let time = 0; time < 12; time++) {
      const answer = await cabinet.ask({ query: PROTO }, token)
      expect(answer.errors).toBeUndefined()
      expect(JSON.stringify(answer.data)).toBe(`{"viewer":{"lines":{"__proto__":[{"msisdn":"${MSISDN}"}]}}}`)
    }
  })

  it.each(STREAM_CLIENTS)('the name of the key is followed by that name over $name', async (client) => {
    url ??= `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
    const query = `subscription ($lineId: ID!) {
      id: balanceChanged(lineId: $lineId) { id: sequence line { id: msisdn lineId: id tariff { name } } }
    }`
    const stream = client.open({ url, token, query, variables: { lineId: lineId(1) } })
    const { value } = await stream.answers.next()
    stream.close()
    expect(value).toEqual({ data: { id: { id: '0', line: { id: MSISDN, lineId: lineId(1), tariff: TARIFF } } } })
  })

  it('the name of the key is told of by that name when it is not to be had', async () => {
    await cabinet.database.sql('alter table payments.ledger_balance rename to elsewhere')
    const answer = await cabinet.ask({ query: inLine('id: balance { id: available { amount } }') }, token)
    await cabinet.database.sql('alter table payments.elsewhere rename to ledger_balance')
    expect(answer.data).toEqual(line({ id: null }))
    expect(answer.errors?.map(({ path }) => path)).toEqual([['viewer', 'lines', 'nodes', 0, 'id']])
  })
})

describe('a registered operation', () => {
  let cabinet: TestCabinet
  let folder: string
  let token: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cabinet-aliases-'))
    const texts = ALIASED.map(([, query], index) => query.replace('Aliased', `Aliased${index}`))
    const manifest = createManifest([...texts, PROTO].map(registerOperation))
    await writeFile(path.join(folder, 'app.json'), JSON.stringify(manifest))
    cabinet = await openTestCabinet({
      isDevelopment: false,
      operations: { manifests: folder, isOpen: false, adHocRoles: [] },
    })
    token = await fill(cabinet)
  })
  afterAll(async () => {
    await cabinet.close()
    await rm(folder, { recursive: true })
  })

  it.each(ALIASED.map((aliased, index) => [index, ...aliased] as const))(
    '%i with fields under %s is answered by what they say',
    async (index, _, query, data) => {
      const answer = await cabinet.ask({ query: query.replace('Aliased', `Aliased${index}`) }, token)
      expect(answer.errors).toBeUndefined()
      expect(answer.data).toEqual(data)
    },
  )
})
