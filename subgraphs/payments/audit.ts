import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { BALANCE_CHECKS } from './audit/balances.ts'
import { type BetweenLines, readBetweenLines, transfersAreOnTheirWay } from './audit/between-lines.ts'
import { CAUSE_CHECKS } from './audit/causes.ts'
import type { Invariant, LedgerCheck, LineCheck, LineRange } from './audit/check.ts'
import { ENTRY_CHECKS } from './audit/entries.ts'
import { GUARD_CHECKS, TIME_CHECKS } from './audit/guards.ts'
import { HOLD_CHECKS } from './audit/holds.ts'
import { PAYMENT_CHECKS } from './audit/payments.ts'
import { rangesOf } from './audit/ranges.ts'
import { addTotals, type LedgerTotal, noTotals, readTotals } from './audit/totals.ts'
import type { BrokenLine } from './store/quarantine.ts'
import type { Tables } from './store/tables.ts'

export type { LedgerTotal } from './audit/totals.ts'
export { listQuarantine, quarantineLines } from './store/quarantine.ts'

/** One invariant of the ledger and what breaks it. */
export interface AuditFinding {
  readonly invariant: Invariant
  readonly meaning: string
  /** How many places break it; 0 when it holds. */
  readonly breaches: number
  /** Some of the places, each with its line. */
  readonly examples: readonly string[]
}

export interface AuditReport {
  readonly findings: readonly AuditFinding[]
  readonly totals: readonly LedgerTotal[]
  readonly lines: number
  readonly isClean: boolean
}

export interface AuditOptions {
  /** By what is to be over; without it nothing is said about time, as of a ledger whose clock stands still. */
  readonly now?: Date
  /** One line; all of them and what guards the ledger if left out. */
  readonly lines?: LineRange
  readonly linesAtOnce?: number
  readonly onProgress?: (linesDone: number, linesTotal: number) => void
  /** Told of the lines that do not reconcile, as they are found. */
  readonly onBroken?: (lines: readonly BrokenLine[]) => Promise<void>
}

const LINES_AT_ONCE = 2_000
const EXAMPLES_MAX = 10
const LINE_CHECKS: readonly LineCheck[] = [
  ...ENTRY_CHECKS,
  ...HOLD_CHECKS,
  ...BALANCE_CHECKS,
  ...CAUSE_CHECKS,
  ...PAYMENT_CHECKS,
]

/**
 * Checks the whole ledger inside one snapshot, so that postings under way cannot look like breaches, some lines at a
 * time, so that memory does not grow with the ledger.
 */
export async function auditLedger(db: Kysely<Tables>, options: AuditOptions = {}): Promise<AuditReport> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => audit(trx, options))
}

async function audit(trx: Transaction<Tables>, options: AuditOptions): Promise<AuditReport> {
  const { now, onProgress, linesAtOnce = LINES_AT_ONCE } = options
  const lineFindings = LINE_CHECKS.filter(({ invariant }) => now || invariant !== 'I7').map(
    (check) => new Finding(check),
  )
  const linesTotal = onProgress ? await countLines(trx) : 0
  let totals = noTotals()
  let lines = 0
  const ranges = options.lines ? [{ range: options.lines, lines: 1 }] : rangesOf(trx, linesAtOnce)
  for await (const { range, lines: linesOfRange } of ranges) {
    const broken = new Map<string, string>()
    for (const finding of lineFindings) await findIn(trx, range, { finding, now: now ?? new Date(0), broken })
    totals = addTotals(totals, await readTotals(trx, range))
    lines += linesOfRange
    onProgress?.(lines, linesTotal)
    if (broken.size > 0) await options.onBroken?.([...broken].map(([lineId, reason]) => ({ lineId, reason })))
  }
  const between = options.lines ? [] : await readBetweenLines(trx, EXAMPLES_MAX)
  totals = addTotals(totals, between.map(toTotal))
  const ledgerFindings = options.lines ? [] : await checkLedger(trx, now, { totals, between })
  const findings = [...lineFindings.map((finding) => finding.result()), ...ledgerFindings]
  findings.sort((one, other) => one.invariant.localeCompare(other.invariant, 'en', { numeric: true }))
  return { findings, totals, lines, isClean: findings.every(({ breaches }) => breaches === 0) }
}

/** What was found of a check so far: all of it counted, some of it named. */
class Finding {
  readonly check: LineCheck
  #breaches = 0
  readonly #examples: string[] = []

  constructor(check: LineCheck) {
    this.check = check
  }

  add(breaches: number, example: string): void {
    this.#breaches += breaches
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push(example)
  }

  result(): AuditFinding {
    const { invariant, meaning } = this.check
    return { invariant, meaning, breaches: this.#breaches, examples: this.#examples }
  }
}

interface FindOptions {
  readonly finding: Finding
  readonly now: Date
  /** Takes the lines that do not reconcile, each with the first reason. */
  readonly broken: Map<string, string>
}

/** One row for each line that breaks the check, however often it does. */
async function findIn(
  trx: Transaction<Tables>,
  range: LineRange,
  { finding, now, broken }: FindOptions,
): Promise<void> {
  const { check } = finding
  const { rows } = await sql<{ line_id: string; place: string; count: number }>`
    select line_id, min(place) as place, count(*)::int as count from (${check.places(range, now)}) as found
    group by line_id order by line_id
  `.execute(trx)
  for (const { line_id: lineId, place, count } of rows) {
    finding.add(count, `line ${lineId} ${place}`)
    if (check.isOfBalance && !broken.has(lineId)) broken.set(lineId, `${check.invariant} ${check.meaning}: ${place}`)
  }
}

async function checkLedger(
  trx: Transaction<Tables>,
  now: Date | undefined,
  { totals, between }: { readonly totals: readonly LedgerTotal[]; readonly between: readonly BetweenLines[] },
): Promise<AuditFinding[]> {
  const checks = [transfersAreOnTheirWay, ...GUARD_CHECKS, ...(now ? TIME_CHECKS : [])]
  const findings: AuditFinding[] = [toTotalFinding(totals), toBetweenFinding(between)]
  for (const check of checks) findings.push(await findInLedger(trx, check, now ?? new Date(0)))
  return findings
}

function toTotalFinding(totals: readonly LedgerTotal[]): AuditFinding {
  const units = totals
    .filter(({ customers, outside, underWay }) => customers !== outside + underWay)
    .map(({ unit }) => `total of ${unit}`)
  return {
    invariant: 'I1',
    meaning: 'what all lines have is what came from outside, but for what is under way between them',
    breaches: units.length,
    examples: units,
  }
}

function toTotal({ unit, underWay }: BetweenLines): LedgerTotal {
  return { unit, customers: 0n, outside: 0n, underWay }
}

function toBetweenFinding(between: readonly BetweenLines[]): AuditFinding {
  return {
    invariant: 'I1',
    meaning: 'what one line got another gave, or is about to, and the other way round',
    breaches: between.reduce((sum, { breaches }) => sum + breaches, 0),
    examples: between.flatMap(({ examples }) => examples).slice(0, EXAMPLES_MAX),
  }
}

async function findInLedger(trx: Transaction<Tables>, check: LedgerCheck, now: Date): Promise<AuditFinding> {
  const places: RawBuilder<{ readonly place: string }> = check.places(now)
  const { rows } = await sql<{ place: string }>`select place from (${places}) as found order by place`.execute(trx)
  const { invariant, meaning } = check
  return {
    invariant,
    meaning,
    breaches: rows.length,
    examples: rows.slice(0, EXAMPLES_MAX).map(({ place }) => place),
  }
}

async function countLines(trx: Transaction<Tables>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ledger_balance where unit = 'KOPECK'
  `.execute(trx)
  return rows[0]?.count ?? 0
}
