import { Command, Option } from 'commander'
import type { Kysely } from 'kysely'
import { systemClock } from '../../platform/clock.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { createNewId, parseId } from '../../platform/ids.ts'
import { unreachable } from '../../platform/invariant.ts'
import { silentLogger } from '../../platform/logger.ts'
import { formatKopecks } from '../../platform/money.ts'
import { releaseLine } from '../../subgraphs/payments/audit/release-line.ts'
import { listSilentPurchases } from '../../subgraphs/payments/audit/silent-merchants.ts'
import {
  type AuditFinding,
  type AuditReport,
  auditLedger,
  listQuarantine,
  quarantineLines,
} from '../../subgraphs/payments/audit.ts'
import type { Tables } from '../../subgraphs/payments/store/tables.ts'
import { settleByHand } from '../../subgraphs/payments/subgraph.ts'
import { openDatabase } from '../database.ts'
import { createProgress } from '../import/progress.ts'
import { processTerminal, step } from '../terminal.ts'

export function auditCommand(): Command {
  return new Command('audit')
    .description('check the invariants of the ledger')
    .option('--quarantine', 'keep lines that do not reconcile from being served')
    .action(({ quarantine }: { readonly quarantine?: true }) =>
      withLedger(async (db) => {
        const now = systemClock.now()
        const report = await step(processTerminal, 'audit', () =>
          auditLedger(db, {
            now,
            onProgress: showProgress(),
            ...(quarantine && { onBroken: async (lines) => void (await quarantineLines(db, lines, now)) }),
          }),
        )
        processTerminal.result(describeAudit(report))
        if (!report.isClean) process.exitCode = 1
      }),
    )
    .addCommand(quarantineCommand())
    .addCommand(releaseCommand())
    .addCommand(purchasesCommand())
    .addCommand(settleCommand())
}

/** A bar on a terminal; elsewhere a line now and then. */
function showProgress(): (done: number, total: number) => void {
  const progress = createProgress(process.stderr, systemClock)
  let known = 0
  return (done, total) => {
    if (known === 0) progress.start(total)
    progress.advance('lines of the ledger', done - known, done - known)
    known = done
    if (done >= total) progress.stop()
  }
}

function quarantineCommand(): Command {
  return new Command('quarantine')
    .description('show the lines that are not served because they did not reconcile')
    .action(() =>
      withLedger(async (db) => {
        const lines = await listQuarantine(db)
        for (const { lineId, since, reason } of lines) {
          processTerminal.result(`${lineId} since ${since.toISOString()}: ${reason}`)
        }
        if (lines.length === 0) processTerminal.result('Every line is served.')
      }),
    )
}

function releaseCommand(): Command {
  return new Command('release')
    .description('serve a line again, if it reconciles now')
    .argument('<line id>', 'as `audit quarantine` shows it')
    .action((text: string) =>
      withLedger(async (db) => {
        const lineId = parseId(text)
        if (lineId === null) throw new EnvironmentError(`${text} is no line’s id. See: audit quarantine`)
        const outcome = await releaseLine(db, lineId)
        switch (outcome.kind) {
          case 'released':
            return processTerminal.result(`${lineId} reconciles and is served again.`)
          case 'notQuarantined':
            return processTerminal.result(`${lineId} reconciles, and was served all along.`)
          case 'stillBroken':
            processTerminal.result([...outcome.findings.flatMap(describeFinding), 'It stays as it is.'].join('\n'))
            process.exitCode = 1
            return undefined
          default:
            return unreachable(outcome)
        }
      }),
    )
}

const DAY_MS = 86_400_000

function purchasesCommand(): Command {
  return new Command('purchases')
    .description('show the money that waits for merchants who have not said for a day whether they were paid')
    .action(() =>
      withLedger(async (db) => {
        const purchases = await listSilentPurchases(db, new Date(systemClock.now().getTime() - DAY_MS))
        for (const { begunAt, held, ...purchase } of purchases) {
          const { merchantId, transactionId, lineId, paymentId, asked } = purchase
          processTerminal.result(
            `${formatKopecks(held)} for ${merchantId} since ${begunAt.toISOString()}: transaction ${transactionId}, ` +
              `line ${lineId}, payment ${paymentId}, asked ${asked} times`,
          )
        }
        if (purchases.length === 0) processTerminal.result('Every merchant has answered.')
      }),
    )
}

function settleCommand(): Command {
  return new Command('settle')
    .description('end a purchase as its merchant has said by telephone or in its register')
    .argument('<transaction>', 'its number, as `audit purchases` shows it')
    .addOption(
      new Option('--as <outcome>', 'what the merchant has said').choices(['paid', 'refused']).makeOptionMandatory(),
    )
    .action((transactionId: string, { as }: { readonly as: 'paid' | 'refused' }) =>
      withLedger(async (db) => {
        const { CURRENCY: currencyCode } = readCliEnvironment(processVariables())
        const newId = createNewId(systemClock)
        const dependencies = { db, clock: systemClock, newId, currencyCode, onEvent: () => undefined }
        if (!(await settleByHand(dependencies, { transactionId, isPaid: as === 'paid' }))) {
          throw new EnvironmentError(`No purchase ${transactionId} has waited for a day. See: audit purchases`)
        }
        processTerminal.result(`${transactionId} has ended as ${as}.`)
      }),
    )
}

/** As the subgraph's own login role. What is found is written beside the snapshot that is looked at. */
async function withLedger(work: (db: Kysely<Tables>) => Promise<void>): Promise<void> {
  const variables = processVariables()
  const environment = readCliEnvironment(variables)
  const database = await openDatabase({ environment, variables, onProgress: processTerminal.progress })
  const db = connectDatabase<Tables>({ url: database.urls.payments, poolSizeMax: 2, logger: silentLogger })
  try {
    await work(db)
  } finally {
    await db.destroy()
    await database.stop()
  }
}

/** The report as lines: each invariant, then what the ledger holds. */
export function describeAudit({ findings, totals, lines, isClean }: AuditReport): string {
  const sums = totals.map(({ unit, customers }) =>
    unit === 'KOPECK' ? `money on lines: ${formatKopecks(customers)}` : `bonus points on lines: ${customers}`,
  )
  return [
    ...findings.flatMap(describeFinding),
    `lines: ${lines}`,
    ...sums,
    isClean ? 'The ledger is clean.' : 'The ledger is NOT clean.',
  ].join('\n')
}

function describeFinding({ invariant, meaning, breaches, examples }: AuditFinding): string[] {
  return [
    `${breaches === 0 ? '✓' : '✗'} ${invariant} ${meaning}${breaches === 0 ? '' : `: ${breaches} breaches`}`,
    ...examples.map((example) => `    ${example}`),
  ]
}
