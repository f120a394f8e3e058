import { LINE_STATUSES } from '../../../subgraphs/linked-numbers/bulk.ts'
import type { KnownOffering } from '../../../subgraphs/products/bulk.ts'
import { balance, date, oneOf, phone, points, text } from '../csv/cells.ts'
import { type Columns, optional, required } from '../csv/columns.ts'
import { type FileImport, type Refusal, ready, refused } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'
import type { ImportSums } from '../report.ts'

export interface LineRow {
  readonly msisdn: string
  readonly customerRef: string
  readonly region: string
  readonly activatedOn: string
  readonly tariffCode: string
  readonly balance: bigint
  readonly points: bigint
  readonly status: (typeof LINE_STATUSES)[number]
  readonly alias: string | null
}

interface ReadyLine extends LineRow {
  readonly accountId: string
  readonly tariffId: string
}

const columns: Columns<LineRow> = {
  msisdn: required('msisdn', phone),
  customerRef: required('customer_ref', text(100)),
  region: required('region', text(100)),
  activatedOn: required('activated_on', date),
  tariffCode: required('tariff_code', text(100)),
  balance: required('balance', balance),
  points: required('bonus_points', points),
  status: optional('status', oneOf(LINE_STATUSES), 'ACTIVE'),
  alias: optional('alias', text(100), null),
}

/** `lines.csv`: a line in three subgraphs, its tariff, and its opening balance. Customers and catalogue come before. */
export function linesFile(
  loaders: Loaders,
  offerings: ReadonlyMap<string, KnownOffering>,
  sums: ImportSums,
): FileImport<LineRow, ReadyLine> {
  return {
    file: 'lines.csv',
    columns,
    key: { column: 'msisdn', of: (row) => row.msisdn },
    async resolve(rows) {
      const accountIds = await loaders.accounts.findAccountIds([...new Set(rows.map((row) => row.customerRef))])
      return rows.map((row) => {
        const accountId = accountIds.get(row.customerRef)
        const tariff = offerings.get(row.tariffCode)
        if (accountId === undefined) {
          return refused('customer_ref', 'unknown-customer', 'is no known customer', row.customerRef)
        }
        if (tariff?.kind !== 'TARIFF') {
          return refused('tariff_code', 'unknown-tariff', 'is no known tariff', row.tariffCode)
        }
        return ready({ ...row, accountId, tariffId: tariff.id })
      })
    },
    load: (rows) => loadLines(loaders, sums, rows),
  }
}

/**
 * The line itself comes first: it settles whose the number is and gives the id. The rest follows for lines that were
 * there too, since an earlier run may have been stopped between the two.
 */
async function loadLines({ linkedNumbers, products, payments }: Loaders, sums: ImportSums, rows: readonly ReadyLine[]) {
  const outcomes = await linkedNumbers.loadLines(rows.map((row) => ({ ...row, ownerAccountId: row.accountId })))
  const refusals = new Map<number, Refusal>()
  const lines: (ReadyLine & { lineId: string })[] = []
  let presentCount = 0
  for (const [index, row] of rows.entries()) {
    const outcome = outcomes[index]
    if (outcome?.kind === 'taken') {
      const message = 'belongs to a line of another customer, imported before'
      refusals.set(index, { column: 'msisdn', reason: 'conflict', message, value: row.msisdn })
    } else if (outcome) {
      lines.push({ ...row, lineId: outcome.lineId })
      if (outcome.kind === 'present') presentCount += 1
    }
  }
  const [opened] = await Promise.all([payments.loadLines(lines), products.loadLines(lines)])
  sums.lines += lines.length
  sums.openingBalance += opened.kopecks
  sums.points += opened.points
  return { presentCount, refusals }
}
