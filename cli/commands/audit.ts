import { Command } from 'commander'
import { connectDatabase } from '../../platform/database/connect.ts'
import { processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { silentLogger } from '../../platform/logger.ts'
import { formatKopecks } from '../../platform/money.ts'
import { type AuditReport, auditLedger } from '../../subgraphs/payments/audit.ts'
import type { Tables } from '../../subgraphs/payments/store/tables.ts'
import { openDatabase } from '../database.ts'
import { processTerminal, step } from '../terminal.ts'

export function auditCommand(): Command {
  return new Command('audit').description('check the invariants of the ledger').action(async () => {
    const variables = processVariables()
    const environment = readCliEnvironment(variables)
    const database = await openDatabase({ environment, variables, onProgress: processTerminal.progress })
    const db = connectDatabase<Tables>({ url: database.urls.payments, poolSizeMax: 1, logger: silentLogger })
    try {
      const report = await step(processTerminal, 'audit', () => auditLedger(db))
      processTerminal.result(describeAudit(report))
      if (!report.isClean) process.exitCode = 1
    } finally {
      await db.destroy()
      await database.stop()
    }
  })
}

/** The report as lines: each invariant, then what the ledger holds. */
export function describeAudit({ findings, totals, isClean }: AuditReport): string {
  const invariants = findings.flatMap(({ invariant, meaning, breaches, examples }) => [
    `${breaches === 0 ? '✓' : '✗'} ${invariant} ${meaning}${breaches === 0 ? '' : `: ${breaches} breaches`}`,
    ...examples.map((example) => `    ${example}`),
  ])
  const sums = totals.map(({ unit, customers }) =>
    unit === 'KOPECK' ? `money on lines: ${formatKopecks(customers)}` : `bonus points on lines: ${customers}`,
  )
  return [...invariants, ...sums, isClean ? 'The ledger is clean.' : 'The ledger is NOT clean.'].join('\n')
}
