import { Kind, type ObjectTypeDefinitionNode, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Principal, UNKNOWN_CLIENT } from '../platform/identity/viewer.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { subgraphSdl } from '../platform/subgraph/sdl.ts'
import { principalOf, VIEWER_KINDS } from './testing/access/viewers.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const ID = '01900002-0000-7000-8000-000000000999'

/** How each field that is closed to clients is asked for. */
const RECIPES: Readonly<Record<string, string>> = {
  'Query.subscriberByPhone': '{ answer: subscriberByPhone(phone: "+79160000999") { lineId } }',
  'Query.lineInService': `{ answer: lineInService(lineId: "${ID}") { id } }`,
  'Query.linesInService': `{ answer: linesInService(lineIds: ["${ID}"]) { id } }`,
  'Mutation.admitSubscriber': `mutation {
    answer: admitSubscriber(input: { lineId: "${ID}", accountId: "${ID}" }) { __typename } }`,
  'Query.ownedLines': `{ answer: ownedLines(accountId: "${ID}") { id } }`,
  'Query.personalAccountData': `{ answer: personalAccountData(accountId: "${ID}") { next } }`,
  'Query.personalNumberData': `{ answer: personalNumberData(lineId: "${ID}") { next } }`,
  'Query.personalProductData': `{ answer: personalProductData(lineId: "${ID}") { next } }`,
  'Query.comingFees': `{ answer: comingFees(lineIds: ["${ID}"], until: "2026-12-22T00:00:00Z") { lineId } }`,
  'Query.personalPaymentData': `{ answer: personalPaymentData(lineId: "${ID}") { next } }`,
  'Query.personalPayerData': `{ answer: personalPayerData(accountId: "${ID}") { next } }`,
  'Query.numberOfLine': `{ answer: numberOfLine(lineId: "${ID}") }`,
  'Query.memberLimit': `{ answer: memberLimit(organizationId: "${ID}", memberId: "${ID}") { __typename } }`,
  'Query.simHold': `{ answer: simHold(personId: "${ID}") }`,
  'Query.lineBalance': `{ answer: lineBalance(lineId: "${ID}") { asOf } }`,
  'Mutation.reserve': `mutation { answer: reserve(input: { lineId: "${ID}", reservationId: "1", amount: "1.00",
    kind: SERVICE_CHARGE, reason: { title: { ru: "Услуга", en: "A service" } } }) { __typename } }`,
  'Mutation.capture': `mutation { answer: capture(input: { lineId: "${ID}", reservationId: "1" }) { __typename } }`,
  'Mutation.release': `mutation { answer: release(input: { lineId: "${ID}", reservationId: "1" }) { __typename } }`,
  'Mutation.charge': `mutation { answer: charge(input: { lineId: "${ID}", chargeId: "1", amount: "1.00",
    kind: SUBSCRIPTION_FEE, reason: { title: { ru: "Услуга", en: "A service" } } }) { __typename } }`,
  'Mutation.enableNumberManagementByPhone': `mutation {
    answer: enableNumberManagementByPhone(input: { phone: "+79160000999" }) { __typename } }`,
}

interface ServiceField {
  readonly row: string
  readonly subgraph: SubgraphName
  readonly allowed: readonly SubgraphName[]
}

/** The fields of roots that are `@inaccessible`, and which of our parts may ask for them, read from the schemas. */
function serviceFields(): ServiceField[] {
  return SUBGRAPH_NAMES.flatMap((subgraph) =>
    parse(subgraphSdl(subgraph))
      .definitions.filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
      .filter(({ name }) => ['Query', 'Mutation'].includes(name.value))
      .flatMap(({ name, fields = [] }) =>
        fields
          .filter(({ directives = [] }) => directives.some((directive) => directive.name.value === 'inaccessible'))
          .map((field) => {
            const text = field.loc?.source.body.slice(field.loc.start, field.loc.end) ?? ''
            return {
              row: `${name.value}.${field.name.value}`,
              subgraph,
              allowed: SUBGRAPH_NAMES.filter((asker) =>
                new RegExp(`\\bSERVICE_${asker.replaceAll('-', '_').toUpperCase()}\\b`).test(text),
              ),
            }
          }),
      ),
  )
}

describe('a field that is closed to clients', () => {
  let cabinet: TestCabinet
  beforeAll(async () => {
    cabinet = await openTestCabinet()
  })
  afterAll(() => cabinet.close())

  const ask = async ({ row, subgraph }: ServiceField, principal: Principal) => {
    const result = await cabinet.subgraphs[subgraph].execute(
      { query: RECIPES[row] ?? '' },
      { principal, language: 'en', requestId: 'a request', client: UNKNOWN_CLIENT },
    )
    return result.errors?.[0]?.extensions['code'] ?? 'answered'
  }

  it('has a recipe', () => {
    expect(
      serviceFields()
        .map(({ row }) => row)
        .sort(),
    ).toEqual(Object.keys(RECIPES).sort())
  })

  it.each(serviceFields())('is not in the API: $row', async ({ row }) => {
    const { errors } = await cabinet.ask({ query: RECIPES[row] ?? '' }, await cabinet.staffToken('supervisor'))
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  it.each(serviceFields())('is answered to no client, whoever they are: $row', async (field) => {
    for (const viewer of VIEWER_KINDS) {
      const code = await ask(field, principalOf(viewer))
      expect(['UNAUTHENTICATED', 'FORBIDDEN'], viewer.name).toContain(code)
    }
  })

  it.each(serviceFields())('is answered to our parts that it names, and to no other: $row', async (field) => {
    for (const name of SUBGRAPH_NAMES) {
      expect(await ask(field, { kind: 'service', name }), name).toBe(
        field.allowed.includes(name) ? 'answered' : 'FORBIDDEN',
      )
    }
  })
})
