import type { BulkTopUp } from '../../../subgraphs/payments/bulk/top-ups.ts'
import { moment, payment, phone, text } from '../csv/cells.ts'
import { type Columns, required } from '../csv/columns.ts'
import { type FileImport, type Refusal, ready } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'
import type { ImportSums } from '../report.ts'
import { unknownLine } from './unknown-line.ts'

export interface TopUpRow {
  readonly externalId: string
  readonly msisdn: string
  readonly amount: bigint
  readonly at: string
}

const columns: Columns<TopUpRow> = {
  externalId: required('external_id', text(100)),
  msisdn: required('msisdn', phone),
  amount: required('amount', payment),
  at: required('at', moment),
}

/** `topups.csv`: payments that another system took, each posted once. */
export function topUpsFile({ linkedNumbers, payments }: Loaders, sums: ImportSums): FileImport<TopUpRow, BulkTopUp> {
  return {
    file: 'topups.csv',
    columns,
    key: { column: 'external_id', of: (row) => row.externalId },
    async resolve(rows) {
      const lineIds = await linkedNumbers.findLineIds([...new Set(rows.map((row) => row.msisdn))])
      return rows.map(({ externalId, msisdn, amount, at }) => {
        const lineId = lineIds.get(msisdn)
        return lineId === undefined ? unknownLine(msisdn) : ready({ lineId, externalId, amount, at })
      })
    },
    async load(rows) {
      const { added, taken } = await payments.loadTopUps(rows)
      const refusals = new Map<number, Refusal>()
      for (const [index, { externalId, amount }] of rows.entries()) {
        if (taken.has(externalId)) refusals.set(index, creditedToAnother(externalId))
        else sums.toppedUp += amount
      }
      sums.topUps += rows.length - refusals.size
      return { presentCount: rows.length - refusals.size - added, refusals }
    },
  }
}

function creditedToAnother(externalId: string): Refusal {
  const message = 'was credited to another line before'
  return { column: 'external_id', reason: 'conflict', message, value: externalId }
}
