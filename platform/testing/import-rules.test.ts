import { describe, expect, it } from 'vitest'
import { importProblem } from './import-rules.ts'
import { importsOf } from './imports-of.ts'

/** What is wrong with a file of this path that holds this one statement. */
function problemOf(path: string, statement: string): string | null {
  const [imported] = importsOf(path, statement)
  if (imported === undefined) throw new Error(`nothing is imported by: ${statement}`)
  return importProblem(path, imported)
}

const value = (specifier: string) => `import { it } from '${specifier}'`
const type = (specifier: string) => `import type { It } from '${specifier}'`

describe('between folders', () => {
  it.each([
    ['gateway/plan.ts', '../subgraphs/payments/subgraph.ts'],
    ['gateway/plan.ts', '../cli/main.ts'],
    ['gateway/plan.ts', '../schema/compose.ts'],
    ['platform/clock.ts', '../gateway/plan.ts'],
    ['platform/database/connect.ts', '../../subgraphs/payments/subgraph.ts'],
    ['platform/clock.ts', '../schema/compose.ts'],
    ['schema/compose.ts', '../gateway/plan.ts'],
    ['subgraphs/payments/actions/top-up.ts', '../../products/actions/order.ts'],
    ['subgraphs/payments/context.ts', '../accounts/context.ts'],
    ['subgraphs/payments/main.ts', '../../gateway/main.ts'],
    ['subgraphs/payments/main.ts', '../../cli/main.ts'],
    ['cli/start.ts', '../subgraphs/payments/actions/top-up.ts'],
    ['cli/start.ts', '../subgraphs/payments/store/balances.ts'],
    ['cli/start.ts', '../platform/testing/database.ts'],
    ['subgraphs/payments/store/balances.ts', '../../../platform/testing/database.ts'],
    ['subgraphs/payments/store/balances.ts', './balances.test.ts'],
    ['gateway/plan.test.ts', '../subgraphs/payments/subgraph.ts'],
    ['subgraphs/payments/top-up.test.ts', '../products/subgraph.ts'],
  ])('%s may not import %s', (path, specifier) => {
    expect(problemOf(path, value(specifier))).not.toBeNull()
  })

  it.each([
    ['gateway/plan.ts', '../platform/invariant.ts'],
    ['subgraphs/payments/ledger/post.ts', '../../../platform/invariant.ts'],
    ['schema/compose.ts', '../platform/subgraph/sdl.ts'],
    ['cli/start.ts', '../gateway/main.ts'],
    ['cli/start.ts', '../subgraphs/payments/subgraph.ts'],
    ['bench/home.ts', '../cli/start.ts'],
    ['gateway/plan.test.ts', '../cli/start.ts'],
    ['subgraphs/payments/actions/top-up.test.ts', '../../../platform/testing/database.ts'],
    ['vitest.config.ts', './platform/testing/global-setup.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(problemOf(path, value(specifier))).toBeNull()
  })

  it('lets cli name the tables of a subgraph as types', () => {
    expect(problemOf('cli/import/lines.ts', type('../../subgraphs/payments/store/tables.ts'))).toBeNull()
  })
})

describe('inside a subgraph', () => {
  it.each([
    ['main.ts', './context.ts'],
    ['context.ts', './resolvers/line.ts'],
    ['context.ts', './subgraph.ts'],
    ['resolvers/line.ts', '../store/lines.ts'],
    ['resolvers/line.ts', '../ledger/post.ts'],
    ['resolvers/line.ts', '../context.ts'],
    ['resolvers/line.ts', '../subgraph.ts'],
    ['actions/top-up.ts', '../resolvers/line.ts'],
    ['actions/top-up.ts', '../context.ts'],
    ['actions/top-up.ts', '../generated/resolvers.ts'],
    ['billing.ts', './context.ts'],
    ['store/lines.ts', '../actions/top-up.ts'],
    ['store/lines.ts', '../context.ts'],
    ['store/lines.ts', '../generated/resolvers.ts'],
    ['ledger/post.ts', '../actions/top-up.ts'],
    ['migrations/0001.ts', '../store/tables.ts'],
  ])('%s may not import %s', (file, specifier) => {
    expect(problemOf(`subgraphs/payments/${file}`, value(specifier))).not.toBeNull()
  })

  it.each([
    ['main.ts', './subgraph.ts'],
    ['subgraph.ts', './context.ts'],
    ['subgraph.ts', './resolvers/resolvers.ts'],
    ['context.ts', './store/lines.ts'],
    ['context.ts', './generated/resolvers.ts'],
    ['resolvers/line.ts', './money.ts'],
    ['resolvers/line.ts', '../actions/top-up.ts'],
    ['resolvers/line.ts', '../generated/resolvers.ts'],
    ['actions/top-up.ts', '../ledger/post.ts'],
    ['actions/top-up.ts', '../store/lines.ts'],
    ['ledger/post.ts', '../store/tables.ts'],
    ['jobs/autopay.ts', '../actions/top-up.ts'],
    ['store/lines.test.ts', '../context.ts'],
  ])('%s may import %s', (file, specifier) => {
    expect(problemOf(`subgraphs/payments/${file}`, value(specifier))).toBeNull()
  })

  it('lets resolvers name context and rows as types', () => {
    expect(problemOf('subgraphs/payments/resolvers/line.ts', type('../context.ts'))).toBeNull()
    expect(problemOf('subgraphs/payments/resolvers/line.ts', type('../store/tables.ts'))).toBeNull()
  })
})

describe('packages', () => {
  it.each([
    ['subgraphs/payments/actions/top-up.ts', value('kysely')],
    ['subgraphs/payments/resolvers/line.ts', type('kysely')],
    ['subgraphs/payments/context.ts', value('pg')],
    ['gateway/plan.ts', value('kysely')],
    ['gateway/plan.ts', type('kysely')],
    ['platform/http/serve.ts', value('pg')],
    ['cli/start.ts', value('kysely')],
    ['subgraphs/payments/actions/top-up.ts', value('graphql')],
    ['subgraphs/payments/store/lines.ts', value('@apollo/subgraph')],
    ['subgraphs/payments/store/lines.ts', value('graphql/language/index.js')],
    ['subgraphs/payments/store/lines.ts', value('uuid')],
  ])('%s may not hold %s', (path, statement) => {
    expect(problemOf(path, statement)).not.toBeNull()
  })

  it.each([
    ['subgraphs/payments/store/lines.ts', value('kysely')],
    ['subgraphs/payments/ledger/post.ts', value('kysely')],
    ['subgraphs/payments/actions/top-up.ts', type('kysely')],
    ['platform/database/connect.ts', value('pg')],
    ['cli/import/lines.ts', value('pg-copy-streams')],
    ['subgraphs/payments/actions/top-up.test.ts', value('kysely')],
    ['platform/ids.ts', value('uuid')],
    ['gateway/plan.ts', value('graphql')],
  ])('%s may hold %s', (path, statement) => {
    expect(problemOf(path, statement)).toBeNull()
  })
})

describe('every way to name a module', () => {
  it.each([
    `import '../gateway/plan.ts'`,
    `export { plan } from '../gateway/plan.ts'`,
    `export * from '../gateway/plan.ts'`,
    `export const plan = () => import('../gateway/plan.ts')`,
    `export type Plan = import('../gateway/plan.ts').Plan`,
  ])('sees %s', (statement) => {
    expect(problemOf('platform/clock.ts', statement)).not.toBeNull()
  })
})
