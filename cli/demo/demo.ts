import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import { invariant } from '../../platform/invariant.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { runImport } from '../import/import.ts'
import type { Loaders } from '../import/loaders.ts'
import { noProgress } from '../import/progress.ts'
import type { ImportReport } from '../import/report.ts'
import { CsvWriter } from '../import/write-base.ts'
import { demoCatalogue } from './catalogue.ts'
import { createDemoRows, type DemoRows } from './demo-base.ts'
import { DEMO_MERCHANTS } from './merchants.ts'

export interface DemoOptions {
  readonly loaders: Loaders
  readonly currency: CurrencyCode
  readonly clock: Clock
}

/** Loads the demo the way any base comes in: once, and to its end when it was stopped half-way before. */
export async function loadDemo({ loaders, currency, clock }: DemoOptions): Promise<ImportReport> {
  const directory = await mkdtemp(join(tmpdir(), 'cabinet-demo-'))
  try {
    await writeDemo(directory, currency)
    const rejectsPath = join(directory, 'rejects.csv')
    const report = await runImport({ directory, rejectsPath, loaders, currency, clock, progress: noProgress })
    invariant(report.rejectedCount === 0, 'the demo has no row that an import rejects')
    await loaders.payments.loadMerchants(DEMO_MERCHANTS)
    return report
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const HEADERS: Readonly<Record<keyof DemoRows, { file: string; columns: readonly string[] }>> = {
  customers: { file: 'customers.csv', columns: ['customer_ref', 'kind', 'name', 'language'] },
  members: { file: 'members.csv', columns: ['organization_ref', 'member_ref', 'role'] },
  lines: {
    file: 'lines.csv',
    columns: [
      'msisdn',
      'customer_ref',
      'region',
      'activated_on',
      'tariff_code',
      'balance',
      'bonus_points',
      'status',
      'alias',
    ],
  },
  access: { file: 'access.csv', columns: ['msisdn', 'customer_ref', 'rights', 'until', 'alias'] },
  products: { file: 'products.csv', columns: ['msisdn', 'offering_code', 'activated_on'] },
  topUps: { file: 'topups.csv', columns: ['external_id', 'msisdn', 'amount', 'at'] },
}

/** Writes the demo as files of a base. */
export async function writeDemo(directory: string, currency: CurrencyCode): Promise<void> {
  await writeFile(join(directory, 'catalogue.json'), JSON.stringify(demoCatalogue(currency), null, 1))
  for (const [name, rows] of Object.entries(createDemoRows()) as [keyof DemoRows, DemoRows['lines']][]) {
    const writer = new CsvWriter(directory, HEADERS[name].file, HEADERS[name].columns)
    for (const row of rows) await writer.write(row)
    await writer.close()
  }
}
