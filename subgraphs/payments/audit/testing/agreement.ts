import type { TestDatabase } from '../../../../cli/testing/test-database.ts'
import { createCalendar, monthOf } from '../../../../platform/calendar.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createReader, type Reader } from '../../../../platform/database/reader.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import { spendingOf } from '../../actions/spending/spending.ts'
import { auditLedger } from '../../audit.ts'
import type { LedgerUnit } from '../../ledger/kinds.ts'
import { readSpending, type SpendingRows } from '../../store/spending.ts'
import { readStatementPages, type StatementRow } from '../../store/statement.ts'
import type { Tables } from '../../store/tables.ts'

/** How the product tells of money; a test puts broken ones here. */
export interface Telling {
  readonly readStatementPages: typeof readStatementPages
  readonly readSpending: typeof readSpending
}

const TELLING: Telling = { readStatementPages, readSpending }

/**
 * What does not agree of the money in a database, in sentences: with the audit, and between what each line's balance, its
 * statement and its spending by kind and month say, read as customers' requests read them.
 */
export async function findDisagreements(
  { sql, urls }: Pick<TestDatabase, 'sql' | 'urls'>,
  telling: Telling = TELLING,
): Promise<string[]> {
  const connection = { url: urls.payments, logger: watchedLogger }
  const db = connectDatabase<Tables>({ ...connection, poolSizeMax: 1 })
  const reader = createReader({ ...connection, connections: 1 })
  try {
    const { findings } = await auditLedger(db)
    const breaches = findings.flatMap(({ meaning, examples }) => examples.map((place) => `${meaning}: ${place}`))
    const lines = await sql<Line>(
      `select money.line_id as id, money.posted, points.posted as points from payments.ledger_balance as money
       join payments.ledger_balance as points on points.line_id = money.line_id and points.unit = 'POINT'
       where money.unit = 'KOPECK'`,
    )
    const [policy] = await sql<{ value: string }>(
      `select value from payments.policy where name = 'operator.timeZone' order by version desc limit 1`,
    )
    const timeZone = policy?.value ?? 'Europe/Moscow'
    const differences: string[] = []
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      const some = lines.slice(from, from + LINES_AT_ONCE)
      differences.push(...(await compareLines({ reader, telling, timeZone }, some)))
    }
    return [...breaches, ...differences]
  } finally {
    await reader.close()
    await db.destroy()
  }
}

const LINES_AT_ONCE = 100
const PAGE_SIZE = 1_000
/** Staff's: a line that was closed has nobody else who sees it. */
const GRANT = { accountId: null, rights: 1 }
const ALL_DAYS = { from: '1970-01-01', to: '9999-12-31' }

interface Line {
  readonly id: string
  readonly posted: string | bigint
  readonly points: string | bigint
}

interface Comparison {
  readonly reader: Reader
  readonly telling: Telling
  readonly timeZone: string
}

async function compareLines(comparison: Comparison, lines: readonly Line[]): Promise<string[]> {
  const { reader, telling, timeZone } = comparison
  const now = systemClock.now()
  const keys = lines.map(({ id }) => ({ lineId: id, ...GRANT, ...ALL_DAYS, by: 'MONTH' as const }))
  const spendings = await telling.readSpending(reader, keys, { now, timeZone })
  const statements = await readStatements(comparison, lines, 'KOPECK')
  const statementsOfPoints = await readStatements(comparison, lines, 'POINT')
  return lines.flatMap(({ id, posted, points }, place) => {
    const statement = statements.get(id) ?? []
    const problems = [
      ...compareStatement(statement, BigInt(posted)),
      ...compareStatement(statementsOfPoints.get(id) ?? [], BigInt(points)).map((problem) => `of points: ${problem}`),
      ...compareSpending(statement, spendings[place] ?? null, { posted: BigInt(posted), timeZone }),
    ]
    return problems.map((problem) => `line ${id}: ${problem}`)
  })
}

/** All pages of each, the newest entries first. */
async function readStatements(
  { reader, telling }: Comparison,
  lines: readonly Line[],
  unit: LedgerUnit,
): Promise<Map<string, StatementRow[]>> {
  const read = new Map<string, StatementRow[]>(lines.map(({ id }) => [id, []]))
  let unfinished = lines.map(({ id }) => id)
  while (unfinished.length > 0) {
    const keys = unfinished.map((lineId) => ({
      ...{ lineId, ...GRANT, unit, first: PAGE_SIZE, kinds: null, from: null, to: null },
      before: read.get(lineId)?.at(-1)?.sequence ?? null,
    }))
    const pages = await telling.readStatementPages(reader, keys, systemClock.now())
    unfinished = unfinished.filter((lineId, place) => {
      const rows = pages[place]?.rows ?? []
      read.get(lineId)?.push(...rows.slice(0, PAGE_SIZE))
      return rows.length > PAGE_SIZE
    })
  }
  return read
}

function compareStatement(newestFirst: readonly StatementRow[], posted: bigint): string[] {
  const problems: string[] = []
  let sum = 0n
  for (const { sequence, change, balance_after: balanceAfter } of newestFirst.toReversed()) {
    sum += change
    if (sum !== balanceAfter)
      problems.push(`after entry ${sequence} its statement comes to ${sum}, not ${balanceAfter}`)
  }
  if (sum !== posted) problems.push(`its statement comes to ${sum}, its balance is ${posted}`)
  return problems
}

function compareSpending(
  statement: readonly StatementRow[],
  rows: SpendingRows | null,
  { posted, timeZone }: { readonly posted: bigint; readonly timeZone: string },
): string[] {
  if (rows === null) return ['it has no spending']
  const { dayOf } = createCalendar(timeZone)
  const months = Map.groupBy(statement, ({ posted_at: at }) => monthOf(dayOf(at)))
  const told = new Set([...months.keys(), ...rows.totals.map(({ interval_from: month }) => month)])
  const intervals = [...told].map((month) => ({ from: month, to: month }))
  const { balanceAfter, periods } = spendingOf(ALL_DAYS, intervals, rows)
  const problems = balanceAfter === posted ? [] : [`its spending leaves ${balanceAfter}, its balance is ${posted}`]
  for (const { from: month, byKind } of periods) {
    const kinds = Map.groupBy(months.get(month as never) ?? [], ({ kind }) => kind)
    const stated = [...kinds].map(([kind, entries]) => `${kind} ${sumsOf(entries)}`).sort()
    const spent = byKind.map(({ kind, ...sums }) => `${kind} ${sums.received} ${sums.spent} ${sums.count}`).sort()
    if (stated.join() !== spent.join()) problems.push(`in ${month} its statement has ${stated}, its spending ${spent}`)
  }
  return problems
}

/** Received, spent, and by how many entries. */
function sumsOf(entries: readonly StatementRow[]): string {
  const sum = (changes: readonly bigint[]) => changes.reduce((total, change) => total + change, 0n)
  const changes = entries.map(({ change }) => change)
  const received = sum(changes.filter((change) => change > 0n))
  return `${received} ${received - sum(changes)} ${entries.length}`
}
