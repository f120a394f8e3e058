import { describe, expect, it } from 'vitest'
import { balance, date, moment, phone, quantity, rights, text } from './cells.ts'
import { BadCell, type ReadCell } from './columns.ts'

/** What a cell is read as; for one that cannot be read, why. */
function read<Value>(reader: ReadCell<Value>, cell: string): Value | string {
  const value = reader(cell)
  return value instanceof BadCell ? value.reason : value
}

describe('a cell', () => {
  it.each(['2024-02-29', '2000-02-29', '1999-12-31'])('holds the day %s', (cell) => {
    expect(read(date, cell)).toBe(cell)
  })
  it.each([
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '20240101',
    '0000-01-01',
    '2024-01-01 ',
  ])('does not hold %s for a day', (cell) => expect(read(date, cell)).toBe('bad-date'))

  it.each(['2024-02-29T23:59:59Z', '2024-01-01T00:00:00.123456+14:00', '2024-01-01t00:00:00z'])(
    'holds the moment %s',
    (cell) => expect(read(moment, cell)).toBe(cell),
  )
  it.each(['2024-02-29T24:00:00Z', '2024-02-29T23:59:60Z', '2024-02-29T23:59:59', '2024-02-30T00:00:00Z'])(
    'does not hold %s for a moment',
    (cell) => expect(read(moment, cell)).toBe('bad-time'),
  )

  it.each([
    ['1889.5', 188_950n],
    ['-0.01', -1n],
    ['-0.00', 0n],
    ['0', 0n],
    ['1000000000', 100_000_000_000n],
    ['1000000000.01', 'out-of-range'],
    ['1,5', 'bad-amount'],
    ['1.', 'bad-amount'],
    ['+1', 'bad-amount'],
    ['1e3', 'bad-amount'],
    ['NaN', 'bad-amount'],
  ])('with %s for money is %s', (cell, value) => expect(read(balance, cell)).toBe(value))

  it.each([
    ['91.387', '91.387'],
    ['0', '0'],
    ['.5', 'bad-number'],
    ['1.1234567', 'bad-number'],
    ['-1', 'negative'],
  ])('with %s for a quantity is %s', (cell, value) => expect(read(quantity, cell)).toBe(value))

  it.each([
    ['+79161234567', '+79161234567'],
    ['79161234567', 'bad-phone'],
    ['+09161234567', 'bad-phone'],
    ['+7 916 123-45-67', 'bad-phone'],
    ['+1234567890123456', 'bad-phone'],
  ])('with %s for a telephone number is %s', (cell, value) => expect(read(phone, cell)).toBe(value))

  it.each([
    ['VIEW', 1],
    ['MANAGE+VIEW', 5],
    ['VIEW + PAY', 3],
    ['VIEW+OWN', 'unknown-value'],
    ['VIEW+VIEW', 'unknown-value'],
    ['view', 'unknown-value'],
    ['+', 'unknown-value'],
  ])('with %s for rights is %s', (cell, value) => expect(read(rights, cell)).toBe(value))

  it('has text in one line, its characters counted as the database counts them', () => {
    expect(read(text(20), 'one \r\n\t two  three')).toBe('one two  three')
    expect(read(text(2), '🎄🎄')).toBe('🎄🎄')
    expect(read(text(2), '🎄🎄🎄')).toBe('too-long')
    expect(read(text(9), 'a\u{0}b')).toBe('bad-text')
    expect(read(text(9), 'a\u{7f}')).toBe('bad-text')
  })
})
