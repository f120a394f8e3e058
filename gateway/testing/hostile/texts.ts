import { readdirSync, readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { generateOperation } from '../../engine/testing/generate-operation.ts'
import type { Random } from '../../engine/testing/random.ts'

/** Texts of operations that somebody who wishes us ill would send; some of them are valid. */
export type HostileText = (random: Random) => string

const OPERATIONS = new URL('../../../schema/operations/', import.meta.url)
const REAL: readonly string[] = readdirSync(OPERATIONS).map((name) => readFileSync(new URL(name, OPERATIONS), 'utf8'))

/** Leaves, and ways from an object to itself, of which depth is made. */
const LEAVES = ['id', 'displayName', '__typename', 'nothing', 'kind']
const NESTS = ['viewer', 'lines', 'nodes', 'edges', 'node', 'balance', 'available', 'nothing']

const repeat = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => write(n)).join(' ')

export const HOSTILE_TEXTS: Readonly<Record<string, HostileText>> = {
  depth: (random) => {
    const levels = 1 + random.integer(random.pick([20, 200, 900]))
    const names = Array.from({ length: levels }, () => random.pick(NESTS))
    return `{ ${names.map((name) => `${name} {`).join(' ')} id ${'}'.repeat(levels)} }`
  },
  'unbalanced braces': (random) => '{ viewer '.repeat(1 + random.integer(5_000)),
  'depth of valid fields': (random) => {
    const page = () =>
      `lines(first: ${random.pick(['1', '100', '99999999'])}) { ${random.pick(['nodes', 'edges { node'])} {`
    return `{ viewer { ${page()} id balance { available { amount } } }}${random.chance(0.5) ? '}' : ''}}}`
  },
  aliases: (random) =>
    `{ ${repeat(1 + random.integer(700), (n) => `a${n}: viewer { b${n}: ${random.pick(LEAVES)} }`)} }`,
  'the same field': (random) => {
    const inside = () =>
      random.pick([
        'id',
        'displayName',
        'lines(first: 1) { nodes { id } }',
        `lines(first: ${random.integer(9)}) { nodes { id } }`,
      ])
    return `{ ${repeat(1 + random.integer(450), () => `viewer { ${inside()} }`)} }`
  },
  'the same field, nested': (random) => {
    const width = 2 + random.integer(4)
    const write = (level: number): string =>
      level === 0 ? 'id' : repeat(width, () => `${random.pick(['viewer', 'lines', 'nodes'])} { ${write(level - 1)} }`)
    return `{ ${write(2 + random.integer(3))} }`
  },
  directives: (random) => {
    const name = random.pick(['@include(if: true)', '@skip(if: false)', '@nothing', '@deprecated', '@include(if: 5)'])
    return `query ${random.pick(['', name])} { viewer ${repeat(1 + random.integer(600), () => name)} { id } }`
  },
  'directives with variables': (random) => {
    const count = 1 + random.integer(60)
    const variables = repeat(count, (n) => `$v${n}: Boolean = ${random.pick(['true', 'false', '5', 'null'])}`)
    return `query (${variables}) { ${repeat(count, (n) => `viewer @include(if: $v${n}) { id }`)} }`
  },
  'nested fragments spread twice': (random) => doubling(random, 2 + random.integer(random.pick([9, 60]))),
  'nested fragments on types that differ': (random) => {
    const types = ['Viewer', 'Query', 'Line', 'Account', 'Node', 'UserError', 'Mutation']
    const depth = 1 + random.integer(30)
    const write = (level: number): string =>
      level === 0
        ? random.pick(LEAVES)
        : `... on ${random.pick(types)} { ${write(level - 1)} } ${random.chance(0.3) ? 'id' : ''}`
    return `{ viewer { ${repeat(1 + random.integer(4), () => write(depth))} } }`
  },
  'fragments in a circle': (random) => {
    const count = 1 + random.integer(60)
    const next = (n: number) => (n + 1 + random.integer(2)) % count
    return `{ viewer { ...F0 } } ${repeat(count, (n) => `fragment F${n} on Account { id ...F${next(n)} ...F${next(n)} }`)}`
  },
  'fragments that nobody spreads': (random) =>
    `{ viewer { id } } ${repeat(1 + random.integer(300), (n) => `fragment F${n} on Account { id }`)}`,
  'fragments of one name': (random) =>
    `{ viewer { ...F } } ${repeat(2 + random.integer(200), () => 'fragment F on Account { id }')}`,
  'spreads of nothing': (random) => `{ viewer { ${repeat(1 + random.integer(600), (n) => `...F${n}`)} } }`,
  'many operations': (random) =>
    repeat(
      1 + random.integer(300),
      (n) => `${random.pick(['query', 'mutation', 'subscription'])} O${random.pick([n, 1])} { __typename }`,
    ),
  'many mutations': (random) =>
    `mutation { ${repeat(1 + random.integer(120), (n) => `a${n}: unlinkNumber(input: { lineId: "${n}" }) { __typename }`)} }`,
  'variables that nobody uses': (random) =>
    `query (${repeat(1 + random.integer(500), (n) => `$v${n}: ${random.pick(['Int', '[[[[Int]]]]', 'Nothing', 'ID!'])}`)}) { viewer { id } }`,
  'variables of one name': (random) =>
    `query (${repeat(2 + random.integer(300), () => '$v: Int')}) { viewer { lines(first: $v) { nodes { id } } } }`,
  'a deep type': (random) =>
    `query ($v: ${'['.repeat(1 + random.integer(900))}Int${']'.repeat(random.integer(900))}) { viewer { id } }`,
  'deep values': (random) => {
    const [open, close] = random.pick([
      ['[', ']'],
      ['{ a: ', '}'],
    ] as const)
    const count = 1 + random.integer(900)
    return `mutation { unlinkNumber(input: ${open.repeat(count)}1${close.repeat(random.chance(0.8) ? count : 1)}) { __typename } }`
  },
  'a long list': (random) => `{ viewer { lines(first: [${'1 '.repeat(random.integer(1_500))}]) { nodes { id } } } }`,
  'arguments of one name': (random) =>
    `{ viewer { lines(${'first: 1 '.repeat(1 + random.integer(400))}) { nodes { id } } } }`,
  'numbers out of all bounds': (random) =>
    `{ viewer { lines(first: ${random.pick(['-1', '0', '1e308', '-0', '99999999999999999999', '0.1', '"5"', 'null', '$x', 'FIRST', '1e999999999', `${'9'.repeat(1 + random.integer(50_000))}`])}) { nodes { id } } } }`,
  introspection: (random) => {
    const levels = 1 + random.integer(40)
    const write = (level: number): string =>
      level === 0 ? 'name' : `fields { type { ofType { ${write(level - 1)} } } }`
    return random.pick([
      `{ __schema { types { ${write(levels)} } } }`,
      `{ ${repeat(levels * 4, (n) => `a${n}: __type(name: "Query") { fields { name args { type { name } } } }`)} }`,
    ])
  },
  'strange letters': (random) => {
    const odd = [
      '\u200b',
      '\u202e',
      '\ufeff',
      '\u0000',
      '\ud800',
      'ｖiewer',
      'vіewer',
      'е\u0301',
      '\u{1f600}',
      '\\u{110000}',
      '"""',
      '"\\uD83D"',
      '#\u2028',
      '&',
      '!',
      '...',
      '$',
      '@',
    ]
    return `{ ${repeat(1 + random.integer(40), () => `${random.pick(odd)}${random.pick(['viewer', ''])}`)} { id } }`
  },
  'strange texts': (random) => {
    const odd = [
      '\\u0000',
      '\\u{10FFFF}',
      '\\uD800',
      '\u202e',
      '%00',
      "' or 1=1 --",
      '{{7*7}}',
      '__proto__',
      '\\"',
      'a'.repeat(random.integer(3_000)),
      '\u0645\u200c',
    ]
    return `{ account(id: "${repeat(1 + random.integer(5), () => random.pick(odd))}") { id } helpArticles(search: "${random.pick(odd)}") { __typename } }`
  },
  'block texts': (random) =>
    `{ account(id: """${'\n '.repeat(random.integer(20_000))}${random.pick(['"""', ''])}) { id } }`,
  'white space': (random) =>
    `{ viewer${random.pick([' ', '\n', ',', '\t', '\r\n', '\ufeff']).repeat(random.integer(100_000))}{ id } }`,
  comments: (random) => `${'# x\n'.repeat(random.integer(30_000))}{ viewer { id } }`,
  'names without end': (random) =>
    `{ ${random.pick(['viewer', '_', '__', 'a'])}${'a'.repeat(random.integer(100_000))} { id } }`,
  'misspelt names': (random) =>
    `{ ${repeat(1 + random.integer(200), () => `${random.pick(['viewe', 'vewer', 'acount', 'lineByPhon', 'newss'])}${random.integer(99)} { di }`)} }`,
  'a type system': (random) =>
    `${random.pick(['type Query { a: Int }', 'extend type Query { a: Int }', 'directive @a on FIELD', 'schema { query: Query }'])} { viewer { id } }`,
  'what is private': (random) =>
    `{ ${random.pick(['_entities(representations: [{ __typename: "Line", id: "x" }]) { __typename }', '_service { sdl }', 'ownedLines { __typename }', 'personalAccountData { __typename }', 'subscriberByPhone(phone: "+79160000000") { __typename }'])} }`,
  'broken real ones': (random) => {
    const tokens = random.pick(REAL).split(/(?<=[\s{}():])/)
    for (let count = 1 + random.integer(5); count > 0; count--) {
      const at = random.integer(tokens.length)
      if (random.chance(0.4)) tokens.splice(at, 1)
      else if (random.chance(0.5)) tokens.splice(at, 0, tokens[random.integer(tokens.length)] ?? '')
      else tokens[at] = random.pick(['{', '}', '...', '$x', '@skip(if: true)', '5', '"', 'null ', '(', ')', ': '])
    }
    return tokens.join('')
  },
  'real ones many times': (random) => {
    const text = random.pick(REAL)
    return random.chance(0.5) ? text.repeat(1 + random.integer(20)) : text
  },
  'valid ones': (random) => generateOperation(schema(), `hostile ${random.next()}`, 10 + random.integer(60)).query,
}

/** Of a type that fits, so that only the limits stand between it and the planner. */
function doubling(random: Random, levels: number): string {
  const spread = (n: number) =>
    random.pick([
      `...F${n} ...F${n}`,
      `...F${n} ... { ...F${n} }`,
      `a: id ...F${n} ... @include(if: true) { ...F${n} }`,
    ])
  const last = `fragment F${levels} on Account { ${random.pick(LEAVES)} lines(first: 1) { nodes { id tariff { name } } } }`
  return `{ viewer { ...F0 } } ${repeat(levels, (n) => `fragment F${n} on Account { ${spread(n + 1)} }`)} ${last}`
}

let built: GraphQLSchema | undefined

function schema(): GraphQLSchema {
  built ??= buildSchema(readFileSync(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8'), {
    assumeValid: true,
  })
  return built
}
