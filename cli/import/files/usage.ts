import { type BulkUsage, USAGE_UNITS, type UsageKind } from '../../../subgraphs/linked-numbers/bulk/usage.ts'
import { fee, moment, oneOf, phone, quantity, text } from '../csv/cells.ts'
import { type Columns, optional, required } from '../csv/columns.ts'
import { type FileImport, ready, refused } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'
import type { ImportSums } from '../report.ts'
import { unknownLine } from './unknown-line.ts'

export interface UsageRow {
  readonly externalId: string
  readonly msisdn: string
  readonly kind: UsageKind
  readonly startedAt: string
  readonly counterparty: string | null
  readonly quantity: string
  readonly unit: string
  readonly cost: bigint
}

const columns: Columns<UsageRow> = {
  externalId: required('external_id', text(100)),
  msisdn: required('msisdn', phone),
  kind: required('kind', oneOf(Object.keys(USAGE_UNITS) as UsageKind[])),
  startedAt: required('started_at', moment),
  counterparty: optional('counterparty', text(100), null),
  quantity: required('quantity', quantity),
  unit: required('unit', oneOf(Object.values(USAGE_UNITS))),
  cost: required('cost', fee),
}

/** `usage.csv`: calls, messages and traffic with what they cost; they move no money. */
export function usageFile({ linkedNumbers }: Loaders, sums: ImportSums): FileImport<UsageRow, BulkUsage> {
  return {
    file: 'usage.csv',
    columns,
    key: { column: 'external_id', of: (row) => row.externalId },
    async resolve(rows) {
      const lineIds = await linkedNumbers.findLineIds([...new Set(rows.map((row) => row.msisdn))])
      return rows.map((row) => {
        const lineId = lineIds.get(row.msisdn)
        if (lineId === undefined) return unknownLine(row.msisdn)
        if (row.unit !== USAGE_UNITS[row.kind]) {
          const message = `does not go with ${row.kind}, which is counted in ${USAGE_UNITS[row.kind]}`
          return refused('unit', 'wrong-unit', message, row.unit)
        }
        return ready({ ...row, lineId })
      })
    },
    async load(rows) {
      const addedCount = await linkedNumbers.loadUsage(rows)
      sums.usageRecords += rows.length
      return { presentCount: rows.length - addedCount }
    },
  }
}
