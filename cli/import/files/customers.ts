import type { AccountKind, BulkAccount } from '../../../subgraphs/accounts/bulk.ts'
import { oneOf, text } from '../csv/cells.ts'
import { type Columns, required } from '../csv/columns.ts'
import { type FileImport, ready } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'
import type { ImportSums } from '../report.ts'

export interface CustomerRow {
  readonly customerRef: string
  readonly kind: 'individual' | 'organization'
  readonly name: string
  readonly language: 'ru' | 'en'
}

const KINDS: Readonly<Record<CustomerRow['kind'], AccountKind>> = {
  individual: 'INDIVIDUAL',
  organization: 'ORGANIZATION',
}

const columns: Columns<CustomerRow> = {
  customerRef: required('customer_ref', text(100)),
  kind: required('kind', oneOf(['individual', 'organization'])),
  name: required('name', text(200)),
  language: required('language', oneOf(['ru', 'en'])),
}

/** `customers.csv`: an account for each customer. */
export function customersFile({ accounts }: Loaders, sums: ImportSums): FileImport<CustomerRow, BulkAccount> {
  return {
    file: 'customers.csv',
    columns,
    key: { column: 'customer_ref', of: (row) => row.customerRef },
    resolve: async (rows) => rows.map((row) => ready({ ...row, kind: KINDS[row.kind] })),
    async load(rows) {
      const addedCount = await accounts.loadAccounts(rows)
      sums.accounts += rows.length
      return { presentCount: rows.length - addedCount }
    },
  }
}
