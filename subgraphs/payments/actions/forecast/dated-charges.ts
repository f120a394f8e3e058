import { addDays, type Calendar, createCalendar, type Day, monthOf } from '../../../../platform/calendar.ts'
import { type DatedChargeRow, readDatedCharges } from '../../store/dated-charges.ts'
import type { ActionDependencies } from '../actions.ts'
import { nextDay } from '../auto-payments/schedule.ts'
import { TITLE } from '../live-balance/charge-day.ts'
import type { ChargeSource, ComingCharge, ForecastWindow } from './charge-source.ts'

type AutoPaymentRow = Extract<DatedChargeRow, { kind: 'AUTO_PAYMENT' }>

/** By what days and hours come. */
interface Days {
  readonly calendar: Calendar
  /** At which hour of its day an automatic payment takes place. */
  readonly hour: number
}

/**
 * What payments themselves do on days that are known: a promise that ends, the days of the live balance, automatic
 * payments by the calendar. Those by threshold have no day.
 */
export function createDatedCharges({
  reader,
  policies,
}: Pick<ActionDependencies, 'reader' | 'policies'>): ChargeSource {
  return async (lineIds, window) => {
    const values = await policies.current()
    const days = { calendar: createCalendar(values['operator.timeZone']), hour: values['autoPayment.hour'] }
    const month = monthOf(days.calendar.dayOf(window.now))
    const rows = await readDatedCharges(reader, { lineIds, month, now: window.now })
    const rowsOfLines = Map.groupBy(rows, ({ line_id: lineId }) => lineId).values()
    return [...rowsOfLines].flatMap((rowsOfLine) => datedCharges(rowsOfLine, window, days))
  }
}

/**
 * All that the rows of one line lead to before the window ends. An automatic payment is a top-up: the first ends a
 * promise whose day is still to come.
 */
export function datedCharges(rows: readonly DatedChargeRow[], window: ForecastWindow, days: Days): ComingCharge[] {
  const charges = rows.flatMap((row) => chargesOf(row, window, days))
  const topUps = charges.filter(({ kind }) => kind === 'AUTO_PAYMENT').map(({ dueAt }) => dueAt.getTime())
  return charges.map((charge) => {
    if (charge.kind !== 'PROMISED_PAYMENT_DUE') return charge
    return { ...charge, dueAt: new Date(Math.min(charge.dueAt.getTime(), ...topUps)) }
  })
}

/** What should have been done already is done now. */
function chargesOf(row: DatedChargeRow, window: ForecastWindow, days: Days): ComingCharge[] {
  const first = row.due_at < window.now ? window.now : row.due_at
  const { line_id: lineId, amount } = row
  switch (row.kind) {
    case 'PROMISED_PAYMENT':
      return [{ lineId, dueAt: first, kind: 'PROMISED_PAYMENT_DUE', name: null, amount: -amount }]
    case 'LIVE_BALANCE':
      return midnights(first, window.until, days.calendar).map((dueAt) => ({
        lineId,
        dueAt,
        kind: 'SUBSCRIPTION_FEE',
        name: TITLE,
        amount: -amount,
      }))
    case 'AUTO_PAYMENT':
      return attempts(row, first, window, days).map((dueAt) => ({
        lineId,
        dueAt,
        kind: 'AUTO_PAYMENT',
        name: null,
        amount,
      }))
  }
}

function midnights(first: Date, until: Date, calendar: Calendar): Date[] {
  const moments: Date[] = []
  for (let at = first; at < until; at = calendar.momentOf(addDays(calendar.dayOf(at), 1))) moments.push(at)
  return moments
}

/** Days on which the month's cap leaves no room are passed over; there are none after the payer's right is over. */
function attempts(payment: AutoPaymentRow, first: Date, { now, until }: ForecastWindow, { calendar, hour }: Days) {
  const moments: Date[] = []
  const takenIn = new Map<Day, bigint>([[monthOf(calendar.dayOf(now)), payment.taken]])
  const end = payment.payer_until !== null && payment.payer_until < until ? payment.payer_until : until
  for (let at = first; at < end; ) {
    const day = calendar.dayOf(at)
    const taken = (takenIn.get(monthOf(day)) ?? 0n) + payment.amount
    if (payment.monthly_cap === null || taken <= payment.monthly_cap) {
      takenIn.set(monthOf(day), taken)
      moments.push(at)
    }
    at = calendar.momentOf(nextDay(payment.schedule, payment.counts_from, day), hour)
  }
  return moments
}
