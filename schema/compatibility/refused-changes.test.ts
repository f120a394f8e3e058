import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { apiSchema } from '../compose.ts'
import { releasedOperations } from '../manifest.ts'
import { readOperations } from '../operations.ts'
import { refusedChanges } from './refused-changes.ts'
import { readReleased } from './release.ts'

const MONTH_OVER = '@deprecated(reason: "Use name. Removed after 2026-10.")'
const MONTH_RUNNING = '@deprecated(reason: "Use name. Removed after 2026-11.")'
const NOW = new Date('2026-11-22T10:00:00Z')

const RELEASED = `
  type Query { line(id: ID!, old: Int = 1 ${MONTH_OVER}): Line  attic: Attic ${MONTH_OVER} }
  type Mutation { pay(input: PayInput!): Paid! }
  interface Named { name: String! }
  type Line implements Named {
    name: String!
    alias: String
    title: String ${MONTH_OVER}
    label: String ${MONTH_RUNNING}
    tag: String @deprecated
    status: Status!
  }
  enum Status { ON OFF DOZING ${MONTH_OVER} }
  input PayInput { lineId: ID!, note: String, memo: String ${MONTH_OVER}, times: Int = 1 }
  union Paid = Done | Failed
  type Done { id: ID! }
  type Failed { message: String! }
  type Attic { box: Box }
  type Box { id: ID! }
  enum Unreached { A B }
`

/** What is refused when `before` becomes `after` in the released schema, while front ends send `operation`. */
function refused(before: string, after: string, operation = '{ line(id: 1) { name } }', now = NOW): Promise<string[]> {
  expect(RELEASED).toContain(before)
  const next = RELEASED.replace(before, after)
  return refusedChanges({
    released: buildSchema(RELEASED),
    next: buildSchema(next),
    operations: { 'planted.graphql': operation },
    now,
  })
}

describe('a change of the released schema', () => {
  it.each([
    ['of nothing', 'alias: String', 'alias: String'],
    ['that adds a field', 'alias: String', 'alias: String fresh: Int!'],
    ['that adds an argument one may leave out', 'line(id: ID!', 'line(id: ID!, at: Int'],
    ['that adds a value', 'ON OFF', 'ON OFF BLINKING'],
    ['that adds a kind of answer', 'Done | Failed', 'Done | Failed | Line'],
    ['that adds an input field one may leave out', 'note: String', 'note: String fresh: Int'],
    ['that adds a type', 'type Box', 'type Fresh { id: ID! } type Box'],
    ['that deprecates', 'alias: String', 'alias: String @deprecated(reason: "Use name. Removed after 2027-01.")'],
    ['that promises more', 'alias: String', 'alias: String!'],
    ['of what no operation can reach', 'Unreached { A B }', 'Unreached { A }'],
  ])('passes when it is one %s', async (_, before, after) => {
    expect(await refused(before, after)).toEqual([])
  })

  it.each([
    ['a field', 'alias: String', '', "Field 'alias' was removed"],
    ['an argument', 'id: ID!, old', 'old', "Argument 'id: ID!' was removed"],
    ['a value', 'ON OFF', 'ON', "Enum value 'OFF' was removed"],
    ['an input field', 'note: String,', '', "Input field 'note' was removed"],
    ['a kind of answer', 'Done | Failed', 'Done', "Member 'Failed' was removed"],
    ['an interface', 'Line implements Named', 'Line', "no longer implements 'Named' interface"],
    ['a whole type', 'type Mutation { pay(input: PayInput!): Paid! }', '', "'Mutation' was removed"],
    ['the type of a field', 'alias: String', 'alias: Int', "changed type from 'String' to 'Int'"],
    ['what a field promises', 'status: Status!', 'status: Status', "changed type from 'Status!' to 'Status'"],
    ['what an argument needs', 'line(id: ID!', 'line(id: ID!, at: Int!', "'at: Int!' added"],
    ['what an input needs', 'note: String', 'note: String!', "changed type from 'String' to 'String!'"],
    ['a default', 'times: Int = 1', 'times: Int = 2', 'default value'],
  ])('is refused when it takes away or alters %s that was not deprecated', async (_, before, after, message) => {
    const problems = await refused(before, after)
    expect(problems).toContainEqual(expect.stringMatching(/: it was not deprecated in the released schema\.$/))
    expect(problems.join()).toContain(message)
  })

  const GOES: [string, string, string][] = [
    ['field', `title: String ${MONTH_OVER}`, '{ line(id: 1) { name title } }'],
    ['value', `DOZING ${MONTH_OVER}`, '{ line(id: 1) { status } }'],
    ['argument', `, old: Int = 1 ${MONTH_OVER}`, '{ line(id: 1, old: 2) { name } }'],
    [
      'input field',
      `memo: String ${MONTH_OVER},`,
      'mutation ($input: PayInput!) { pay(input: $input) { __typename } }',
    ],
  ]

  it.each(GOES)('passes when a %s goes whose month is over', async (_, before) => {
    expect(await refused(before, '')).toEqual([])
  })

  it.each(GOES)('is refused when a %s goes that an operation uses', async (_, before, operation) => {
    expect(await refused(before, '', operation)).toEqual([expect.stringMatching(/: it is used by planted\.graphql\.$/)])
  })

  it('finds the use of a field inside a fragment', async () => {
    const operation = 'query { line(id: 1) { ...Title } } fragment Title on Line { title }'
    expect(await refused(`title: String ${MONTH_OVER}`, '', operation)).toHaveLength(1)
  })

  it('is refused while the month is not over, to its last moment', async () => {
    const drop = (now: string) => refused(`label: String ${MONTH_RUNNING}`, '', undefined, new Date(now))
    expect(await drop('2026-11-30T23:59:59.999Z')).toEqual([
      expect.stringMatching(/: it was promised to stay until 2026-12-01\.$/),
    ])
    expect(await drop('2026-12-01T00:00:00Z')).toEqual([])
  })

  it('is refused when the deprecation named no month', async () => {
    expect(await refused('tag: String @deprecated', '')).toEqual([
      expect.stringMatching(/: its deprecation names no month after which it may go\.$/),
    ])
  })

  it('lets the types go to which only the deprecated led, and not before', async () => {
    const attic = `attic: Attic ${MONTH_OVER}`
    const types = 'type Attic { box: Box }\n  type Box { id: ID! }'
    const operations = { 'planted.graphql': '{ line(id: 1) { name } }' }
    const next = (sdl: string) => ({ released: buildSchema(RELEASED), next: buildSchema(sdl), operations })
    const without = RELEASED.replace(attic, '').replace(types, '')
    expect(await refusedChanges({ ...next(without), now: NOW })).toEqual([])
    expect(await refusedChanges({ ...next(without), now: new Date('2026-10-31T00:00:00Z') })).toHaveLength(3)
    expect(await refused('type Box { id: ID! }', 'type Box { number: ID! }')).toHaveLength(1)
  })
})

it('the schema of today breaks nothing that front ends were given', async () => {
  const problems = await refusedChanges({
    released: readReleased(),
    next: apiSchema(),
    // A manifest is taken out of the folder once nobody's app sends it any more.
    operations: { ...readOperations(), ...releasedOperations() },
    now: systemClock.now(),
  })
  expect(problems, 'deprecate first; `npm run release:schema` keeps what front ends were given').toEqual([])
})
