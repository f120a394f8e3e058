import type { Bank } from './bank.ts'
import { decimal } from './objects.ts'

/** The acquirer's days begin at midnight in Moscow. */
const MOSCOW_OFFSET_MS = 3 * 3_600_000
const DAY_MS = 24 * 3_600_000

const PAYMENT_COLUMNS = [
  'Идентификатор платежа',
  'Сумма платежа',
  'Валюта платежа',
  'Дата создания',
  'Дата платежа',
  'Описание',
]
const REFUND_COLUMNS = [
  'Идентификатор возврата',
  'Идентификатор платежа',
  'Сумма возврата',
  'Валюта возврата',
  'Дата возврата',
]

/** All that succeeded on a day, as YooKassa sends it by mail; null when that is no date. */
export function registryCsv(bank: Bank, date: string, kind: 'payments' | 'refunds'): string | null {
  const from = Date.parse(`${date}T00:00:00Z`) - MOSCOW_OFFSET_MS
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(from)) return null
  const isOfDay = (moment: string | null) =>
    moment !== null && Date.parse(moment) >= from && Date.parse(moment) < from + DAY_MS
  const rows =
    kind === 'payments'
      ? [...bank.payments.values()]
          .filter(({ capturedAt }) => isOfDay(capturedAt))
          .map(({ id, captured, currency, createdAt, capturedAt, description }) => [
            id,
            decimal(captured),
            currency,
            moscowTime(createdAt),
            moscowTime(capturedAt ?? createdAt),
            description,
          ])
      : [...bank.refunds.values()]
          .filter(({ status, createdAt }) => status === 'succeeded' && isOfDay(createdAt))
          .map(({ id, paymentId, amount, currency, createdAt }) => [
            id,
            paymentId,
            decimal(amount),
            currency,
            moscowTime(createdAt),
          ])
  const columns = kind === 'payments' ? PAYMENT_COLUMNS : REFUND_COLUMNS
  return [columns, ...rows].map((cells) => `${cells.map(quote).join(';')}\r\n`).join('')
}

function moscowTime(moment: string): string {
  const [date = '', time = ''] = new Date(Date.parse(moment) + MOSCOW_OFFSET_MS).toISOString().split('T')
  return `${date.split('-').reverse().join('.')} ${time.slice(0, 8)}`
}

function quote(cell: string): string {
  return /[;"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
