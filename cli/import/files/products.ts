import type { BulkOption, KnownOffering } from '../../../subgraphs/products/bulk.ts'
import { date, phone, text } from '../csv/cells.ts'
import { type Columns, required } from '../csv/columns.ts'
import { type FileImport, ready, refused } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'
import type { ImportSums } from '../report.ts'
import { unknownLine } from './unknown-line.ts'

export interface ProductRow {
  readonly msisdn: string
  readonly offeringCode: string
  readonly activatedOn: string
}

const columns: Columns<ProductRow> = {
  msisdn: required('msisdn', phone),
  offeringCode: required('offering_code', text(100)),
  activatedOn: required('activated_on', date),
}

/** `products.csv`: the options that lines have on. */
export function productsFile(
  { linkedNumbers, products }: Loaders,
  offerings: ReadonlyMap<string, KnownOffering>,
  sums: ImportSums,
): FileImport<ProductRow, BulkOption> {
  return {
    file: 'products.csv',
    columns,
    key: { column: 'offering_code', of: (row) => `${row.msisdn} ${row.offeringCode}` },
    async resolve(rows) {
      const lineIds = await linkedNumbers.findLineIds([...new Set(rows.map((row) => row.msisdn))])
      return rows.map((row) => {
        const lineId = lineIds.get(row.msisdn)
        const option = offerings.get(row.offeringCode)
        if (lineId === undefined) return unknownLine(row.msisdn)
        if (option?.kind !== 'OPTION') {
          return refused('offering_code', 'unknown-option', 'is no known option', row.offeringCode)
        }
        return ready({ lineId, offeringId: option.id, activatedOn: row.activatedOn })
      })
    },
    async load(rows) {
      const addedCount = await products.loadOptions(rows)
      sums.activeOptions += rows.length
      return { presentCount: rows.length - addedCount }
    },
  }
}
