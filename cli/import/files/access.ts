import type { BulkAccess } from '../../../subgraphs/linked-numbers/bulk.ts'
import { moment, phone, rights, text } from '../csv/cells.ts'
import { type Columns, optional, required } from '../csv/columns.ts'
import { type FileImport, ready, refused } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'
import { unknownLine } from './unknown-line.ts'

export interface AccessRow {
  readonly msisdn: string
  readonly customerRef: string
  readonly rights: number
  readonly until: string | null
  readonly alias: string | null
}

const columns: Columns<AccessRow> = {
  msisdn: required('msisdn', phone),
  customerRef: required('customer_ref', text(100)),
  rights: required('rights', rights),
  until: optional('until', moment, null),
  alias: optional('alias', text(100), null),
}

/** `access.csv`: rights of customers on lines of others. */
export function accessFile({
  accounts,
  linkedNumbers,
  products,
  payments,
}: Loaders): FileImport<AccessRow, BulkAccess> {
  return {
    file: 'access.csv',
    columns,
    key: { column: 'customer_ref', of: (row) => `${row.msisdn} ${row.customerRef}` },
    async resolve(rows) {
      const [accountIds, lineIds] = await Promise.all([
        accounts.findAccountIds([...new Set(rows.map((row) => row.customerRef))]),
        linkedNumbers.findLineIds([...new Set(rows.map((row) => row.msisdn))]),
      ])
      const ownerIds = await linkedNumbers.findOwnerIds([...lineIds.values()])
      return rows.map((row) => {
        const lineId = lineIds.get(row.msisdn)
        const accountId = accountIds.get(row.customerRef)
        if (lineId === undefined) return unknownLine(row.msisdn)
        if (accountId === undefined) {
          return refused('customer_ref', 'unknown-customer', 'is no known customer', row.customerRef)
        }
        if (ownerIds.get(lineId) === accountId) {
          return refused('customer_ref', 'own-line', 'owns the line and has every right', row.customerRef)
        }
        return ready({ ...row, lineId, accountId })
      })
    },
    async load(rows) {
      const { added, current } = await linkedNumbers.loadAccess(rows)
      await Promise.all([products.loadAccess(current), payments.loadAccess(current)])
      return { presentCount: rows.length - added }
    },
  }
}
