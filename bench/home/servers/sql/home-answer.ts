import { nextCharge } from '../charge.ts'
import { money } from '../money.ts'
import type { HomeRow } from './home-rows.ts'

/** The answer to the home query out of the rows, which come line by line. */
export function toHomeAnswer(accountId: string, rows: readonly HomeRow[], pageSize: number, now: Date): object {
  const lines = groupLines(rows)
  const page = lines.slice(0, pageSize)
  const nodes = page.map((ofLine) => toLine(ofLine, now))
  const last = nodes.at(-1)
  return {
    data: {
      viewer: {
        id: accountId,
        displayName: rows[0]?.display_name ?? null,
        lines: {
          nodes,
          pageInfo: {
            hasNextPage: lines.length > pageSize,
            endCursor: last ? Buffer.from(last.id).toString('base64url') : null,
          },
        },
      },
    },
  }
}

function groupLines(rows: readonly HomeRow[]): HomeRow[][] {
  const lines: HomeRow[][] = []
  let current: HomeRow[] | undefined
  for (const row of rows) {
    if (row.line_id === null) continue
    if (current?.[0]?.line_id === row.line_id) current.push(row)
    else {
      current = [row]
      lines.push(current)
    }
  }
  return lines
}

function toLine(rows: readonly HomeRow[], now: Date) {
  const row = rows[0] as HomeRow
  return {
    id: row.line_id as string,
    msisdn: row.msisdn,
    alias: row.alias,
    status: row.status,
    balance: { available: money(row.available), reserved: money(row.reserved), asOf: now.toISOString() },
    tariff: {
      id: row.tariff_id,
      name: row.tariff_name,
      monthlyFee: money(row.tariff_fee),
      nextChargeAt: nextCharge(row.tariff_activated_on, 'MONTH', row.tariff_fee, now),
    },
    bonuses: {
      points: Number(row.points),
      expiringNext: row.expires_at && {
        points: Number(row.expiring_points),
        expiresAt: row.expires_at.toISOString(),
      },
    },
    activeOptions: rows.flatMap((option) => (option.option_id === null ? [] : [toOption(option, now)])),
  }
}

function toOption(row: HomeRow, now: Date) {
  return {
    id: row.option_id,
    name: row.option_name,
    fee: money(row.option_fee),
    period: row.option_period,
    nextChargeAt: nextCharge(row.option_activated_on, row.option_period, row.option_fee, now),
  }
}
