import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SubgraphName } from '../platform/subgraph/name.ts'
import { observeBehindGateway } from './testing/access/behind-gateway.ts'
import { toMarkdown } from './testing/access/markdown.ts'
import { forgetRights, forgetViewer } from './testing/access/plants.ts'
import { type FieldPolicy, readPolicies } from './testing/access/policies.ts'
import { type Cell, observeAccessTable } from './testing/access/table.ts'
import { ORGANIZATION_ID } from './testing/access/viewers.ts'
import { createWorld, type World } from './testing/access/world.ts'
import { openTestCabinet, type TestCabinet, type TestCabinetOptions } from './testing/test-cabinet.ts'

// Some thousands of cells, each a question to the whole product, on a machine that does other things too.
const TIMEOUT_MS = 240_000
const policies = readPolicies()
const isQuery = ({ type }: FieldPolicy) => type !== 'Mutation'
const problemsOf = (cells: readonly Cell[]) => cells.flatMap(({ problem }) => (problem === null ? [] : [problem]))

async function openWorld(options?: TestCabinetOptions): Promise<{ cabinet: TestCabinet; world: World }> {
  const cabinet = await openTestCabinet(options)
  const world = await createWorld(cabinet.database)
  // Whoever acts for the organization is of it by the books of accounts too, who are asked what a member may spend.
  await cabinet.database.sql(
    `insert into accounts.organization_member (organization_id, member_id, role) values ($1, $1, 'OWNER')`,
    [ORGANIZATION_ID],
  )
  return { cabinet, world }
}

describe('the access table', { timeout: TIMEOUT_MS }, () => {
  let cabinet: TestCabinet
  let world: World
  let cells: readonly Cell[]

  beforeAll(async () => {
    ;({ cabinet, world } = await openWorld())
    cells = await observeAccessTable({ cabinet, world, policies })
  }, TIMEOUT_MS)

  afterAll(() => cabinet.close())

  it('holds in every cell what the schema says', () => {
    expect(problemsOf(cells)).toEqual([])
  })

  it('lets somebody have each field, and refuses somebody each field that is not public', () => {
    for (const { type, field, to } of policies.fields) {
      const row = cells.filter((cell) => cell.row === `${type}.${field}`)
      expect.soft(row.filter((cell) => cell.isAllowed).length, `${type}.${field} is for somebody`).toBeGreaterThan(0)
      // Two columns are tokens that are refused whatever they ask for.
      const refusedMin = to.includes('ANYONE') ? 2 : 3
      expect.soft(row.filter((cell) => !cell.isAllowed).length, `${type}.${field}`).toBeGreaterThanOrEqual(refusedMin)
    }
  })

  it('holds behind the gateway too, where each subgraph is asked for each entity by reference', async () => {
    expect(problemsOf(await observeBehindGateway({ cabinet, world, policies }))).toEqual([])
  })

  it('is written down in docs/access.md; `npm run docs:access` brings it up to date', async () => {
    await expect(toMarkdown(policies, cells)).toMatchFileSnapshot('../docs/access.md')
  })
})

describe('a planted missing check', { timeout: TIMEOUT_MS }, () => {
  it.each<[SubgraphName, string]>([
    ['accounts', 'Query.account as stranger: @access refuses it'],
    ['linked-numbers', 'Query.line as stranger: @access refuses it'],
    ['products', 'Line.tariff as linked, PAY: @access refuses it'],
    ['payments', 'Line.balance as staff: link-clerk: @access refuses it'],
  ])('is found when %s forgets who asks', async (planted, finding) => {
    const { cabinet, world } = await openWorld({ wrapTransport: forgetViewer(planted) })
    try {
      const problems = problemsOf(await observeAccessTable({ cabinet, world, policies }, isQuery))
      expect(problems).toContainEqual(expect.stringContaining(finding))
    } finally {
      await cabinet.close()
    }
  })

  it.each<[SubgraphName, string]>([
    ['linked-numbers', 'Line.msisdn as stranger: @access refuses it'],
    ['products', 'Line.activeOptions as linked, MANAGE: @access refuses it'],
    ['payments', 'Line.bonuses as linked, PAY: @access refuses it'],
  ])('is found when the queries of %s do not look at rights', async (planted, finding) => {
    const { cabinet, world } = await openWorld()
    try {
      await forgetRights(cabinet.database, planted)
      const problems = problemsOf(await observeAccessTable({ cabinet, world, policies }, isQuery))
      expect(problems).toContainEqual(expect.stringContaining(finding))
      const behind = problemsOf(await observeBehindGateway({ cabinet, world, policies }))
      expect(behind).toContainEqual(expect.stringContaining(`of ${planted} as stranger: @access refuses it`))
    } finally {
      await cabinet.close()
    }
  })
})
