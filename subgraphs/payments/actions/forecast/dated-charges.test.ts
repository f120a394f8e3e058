import { describe, expect, it } from 'vitest'
import { createCalendar, type Day } from '../../../../platform/calendar.ts'
import type { DatedChargeRow } from '../../store/dated-charges.ts'
import { datedCharges } from './dated-charges.ts'

const WINDOW = { now: new Date('2026-11-22T10:00:00Z'), until: new Date('2026-12-22T10:00:00Z') }
const DAYS = { calendar: createCalendar('Europe/Moscow'), hour: 10 }
const autoPayment = {
  line_id: 'a line',
  kind: 'AUTO_PAYMENT' as const,
  due_at: new Date('2026-11-24T07:00:00Z'),
  amount: 10_000n,
  schedule: 'WEEKLY' as const,
  counts_from: '2026-11-17' as Day,
  monthly_cap: null,
  taken: 0n,
  payer_until: null,
}
const promise = { line_id: 'a line', kind: 'PROMISED_PAYMENT' as const, amount: 20_000n }
const told = (...rows: DatedChargeRow[]) =>
  datedCharges(rows, WINDOW, DAYS).map(({ dueAt, amount }) => `${dueAt.toISOString().slice(5, 16)} ${amount}`)

describe('what payments themselves do on days that are known', () => {
  it('takes a promise back once, at once if it should have been', () => {
    expect(told({ ...promise, due_at: new Date('2026-11-24T12:00:00Z') })).toEqual(['11-24T12:00 -20000'])
    expect(told({ ...promise, due_at: new Date('2026-11-22T09:59:00Z') })).toEqual(['11-22T10:00 -20000'])
  })

  it('takes a promise back with the automatic payment that comes before its day', () => {
    const until = (due_at: string) => told({ ...promise, due_at: new Date(due_at) }, autoPayment)[0]
    expect(until('2026-11-24T07:00:01Z')).toBe('11-24T07:00 -20000')
    expect(until('2026-11-24T06:59:00Z')).toBe('11-24T06:59 -20000')
  })

  it('charges the live balance at each midnight of the operator', () => {
    const row = {
      line_id: 'a line',
      kind: 'LIVE_BALANCE' as const,
      amount: 100n,
      due_at: new Date('2026-12-19T21:00:00Z'),
    }
    expect(told(row)).toEqual(['12-19T21:00 -100', '12-20T21:00 -100', '12-21T21:00 -100'])
  })

  it('tops up on each day of the calendar', () => {
    expect(told(autoPayment)).toEqual(['11-24', '12-01', '12-08', '12-15', '12-22'].map((day) => `${day}T07:00 10000`))
  })

  it('passes over the days on which the cap of their month leaves no room', () => {
    expect(told({ ...autoPayment, monthly_cap: 25_000n, taken: 20_000n })).toEqual([
      '12-01T07:00 10000',
      '12-08T07:00 10000',
    ])
  })
})
