import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { STATEMENT, statementValues } from './statement.ts'

const LINE = lineId(1)
const ENTRIES = 100_000
const BEGIN = new Date('2020-01-01T00:00:00Z')
const MINUTE_MS = 60_000

describe('a statement of a hundred thousand entries', () => {
  let database: TestDatabase
  let client: pg.Client

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    await insertLine(database, { number: 1, ownerId: accountId(1), kopecks: 0n })
    await insertHistory(database)
    client = new pg.Client({
      connectionString: database.urls.payments,
      options: '-c plan_cache_mode=force_generic_plan',
    })
    await client.connect()
    await client.query(`prepare page as ${STATEMENT.text}`)
  })
  afterAll(async () => {
    await client.end()
    await database.drop()
  })

  /** What the database did for one page. */
  async function explain(page: { before?: bigint; from?: Date; to?: Date }) {
    const key = {
      lineId: LINE,
      accountId: accountId(1),
      rights: 1,
      unit: 'KOPECK' as const,
      first: 20,
      before: null,
      kinds: null,
      from: null,
      to: null,
    }
    const values = STATEMENT.parameters(statementValues([{ ...key, ...page }], BEGIN))
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, buffers, format json) execute page(${values.map(literal).join(', ')})`,
    )
    const plan = rows[0]?.['QUERY PLAN'][0].Plan
    if (!plan) throw new Error('explained nothing')
    return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], nodes: nodesOf(plan) }
  }

  it.each([
    ['the newest', {}],
    ['those in the middle', { before: BigInt(ENTRIES / 2) }],
    ['the oldest', { before: 30n }],
    ['those of a day long ago', { from: minutesAfter(1_440), to: minutesAfter(2_880) }],
    ['those before a day long ago', { to: minutesAfter(1_440) }],
  ])('costs the same wherever a page lies: %s', async (_, page) => {
    const { blocks, nodes } = await explain(page)
    const entries = nodes.filter((node) => node['Relation Name'] === 'ledger_entry')
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({ 'Actual Rows': 21, 'Index Cond': expect.stringContaining('sequence') })
    const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'])
    // Tables of one page are quicker read than looked up.
    expect(scanned.filter((relation) => relation !== 'ledger_quarantine' && relation !== 'line_access')).toEqual([])
    // 21 entries and their causes, each by its own way through an index of three or four levels.
    expect(blocks).toBeLessThan(500)
  })
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Actual Rows': number
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly PlanNode[]
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

function minutesAfter(minutes: number): Date {
  return new Date(BEGIN.getTime() + minutes * MINUTE_MS)
}

function literal(value: unknown): string {
  if (value instanceof Date) return `'${value.toISOString()}'`
  if (!Array.isArray(value)) return `'${value}'`
  const items = value.map((item) => (item === null ? 'null' : `"${item instanceof Date ? item.toISOString() : item}"`))
  return `'{${items.join(',')}}'`
}

/** An entry a minute, written past the triggers: what is measured is reading. */
async function insertHistory({ sql }: TestDatabase): Promise<void> {
  await sql('alter table payments.ledger_entry disable trigger ledger_entry_is_posted')
  await sql(
    `insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
     select $1, md5(number::text)::uuid, 'TOP_UP', number::text, $2, $2 from generate_series(1, $3::int) as number`,
    [LINE, BEGIN, ENTRIES],
  )
  await sql(
    `insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount, kind,
       sequence, balance_after, posted_at, hash)
     select $1, md5(number::text)::uuid, 'KOPECK', 'EXTERNAL_TOP_UP', 'CUSTOMER', 1, 'TOP_UP', number, number,
       $2::timestamptz + make_interval(mins => number), '' from generate_series(1, $3::int) as number`,
    [LINE, BEGIN, ENTRIES],
  )
  await sql('alter table payments.ledger_entry enable trigger ledger_entry_is_posted')
  await sql(
    `update payments.ledger_balance set posted = $2, entry_sequence = $2 where line_id = $1 and unit = 'KOPECK'`,
    [LINE, ENTRIES],
  )
  await sql('analyze payments.ledger_entry')
  await sql('analyze payments.ledger_transaction')
}
