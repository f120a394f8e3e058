import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { loadSupergraph } from '../engine/supergraph.ts'
import { createResponseCheck } from './response-shape.ts'

const SUPERGRAPH = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')
const LINE = { id: 'x', msisdn: '+79160000001' }
const { id, msisdn } = LINE

describe('the check of an answer’s shape', () => {
  const check = createResponseCheck(loadSupergraph(SUPERGRAPH).fullSchema, 'linked-numbers')
  const trouble = (text: string, a: boolean, node: object) => {
    const data = { viewer: { lines: { nodes: [node] } } }
    return check({ query: `query($a:Boolean!)${text}`, variables: { a } }, { data })
  }

  const FIELD_TWICE = '{viewer{lines{nodes@include(if:$a){id}nodes{msisdn}}}}'
  const FRAGMENT_BESIDE = '{viewer{lines{nodes{id}}...@include(if:$a){lines{nodes{msisdn}}}}}'
  const ALWAYS_TWICE = '{viewer{lines{nodes{id}}...on Account{lines{nodes{msisdn}}}}}'

  it.each<[text: string, a: boolean, node: object]>([
    [FIELD_TWICE, false, { msisdn }],
    [FIELD_TWICE, true, { id, msisdn }],
    [FRAGMENT_BESIDE, false, { id }],
    [FRAGMENT_BESIDE, true, { id, msisdn }],
    [ALWAYS_TWICE, true, { id, msisdn }],
  ])('takes one object that is asked for at two places for one: %s when that is %s', (text, a, node) => {
    expect(trouble(text, a, node)).toBeNull()
  })

  it.each<[text: string, node: object, problem: string]>([
    [FIELD_TWICE, { id }, '.msisdn is null'],
    [FRAGMENT_BESIDE, { msisdn }, '.id is null'],
    [FRAGMENT_BESIDE, { id, msisdn: 7 }, '.msisdn is not of type PhoneNumber'],
    [FRAGMENT_BESIDE, { id, kind: 'MOBILE' }, ' has a field that was not asked for'],
    [ALWAYS_TWICE, { id }, '.msisdn is null'],
    ['{viewer{lines{nodes{id}...@include(if:$a){nodes{tariff{name}}}}}}', { id, tariff: {} }, '.tariff.name is null'],
  ])('still finds in it what is wrong: %s', (text, node, problem) => {
    expect(trouble(text, true, node)).toBe(`.viewer.lines.nodes[0]${problem}`)
  })
})

describe('an object that is asked for at two places, at one of them on a condition,', () => {
  const HOME = `
    query Home($isOpen: Boolean!) { viewer { lines { nodes { id } } ...Details @include(if: $isOpen) } }
    fragment Details on Account { lines { nodes { msisdn } } }
  `
  let cabinet: TestCabinet
  let token: string
  beforeAll(async () => {
    cabinet = await openTestCabinet()
    await insertCatalogue(cabinet.database)
    const account = await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: account })
    token = await cabinet.accountToken(account)
  })
  afterAll(() => cabinet.close())

  it.each([
    [true, { id: lineId(1), msisdn: expect.any(String) }],
    [false, { id: lineId(1) }],
  ])('is answered, when that is %s', async (isOpen, line) => {
    const answer = await cabinet.ask({ query: HOME, variables: { isOpen } }, token)
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toEqual({ viewer: { lines: { nodes: [line] } } })
  })
})
