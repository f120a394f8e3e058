import { toBits } from '../../../platform/access/rights.ts'
import { type Kopecks, parseKopecks } from '../../../platform/money.ts'
import { type E164, parseE164 } from '../../../platform/phone.ts'
import { BadCell, type ReadCell } from './columns.ts'

/** One amount, so that no sum of a file's amounts leaves the ledger's 64 bits. */
const AMOUNT_KOPECKS_MAX = 100_000_000_000n
const POINTS_MAX = 2_147_483_647
const YEAR_MIN = 1900
const YEAR_MAX = 2200

/** Text of one line: a line break, with the space around it, becomes a space. */
export function text(lengthMax: number): ReadCell<string> {
  return (cell) => {
    const line = BREAK.test(cell) ? cell.replace(BREAKS, ' ') : cell
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    if (/[\u{0}-\u{1f}\u{7f}-\u{9f}]/u.test(line)) return new BadCell('bad-text', 'has control characters')
    return isLonger(line, lengthMax) ? new BadCell('too-long', `is longer than ${lengthMax} characters`) : line
  }
}

const BREAK = /[\t-\r\u{85}\u{2028}\u{2029}]/u
const BREAKS = /\s*[\t-\r\u{85}\u{2028}\u{2029}][\s\u{85}]*/gu

/** Characters are counted as PostgreSQL counts them: code points. */
function isLonger(line: string, lengthMax: number): boolean {
  return line.length > lengthMax && [...line].length > lengthMax
}

export const phone: ReadCell<E164> = (cell) =>
  parseE164(cell) ?? new BadCell('bad-phone', 'is no telephone number in E.164, such as +79161234567')

export const date: ReadCell<string> = (cell) => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(cell)
  return match && isDay(match) ? cell : new BadCell('bad-date', 'is no day of the calendar written YYYY-MM-DD')
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i

export const moment: ReadCell<string> = (cell) => {
  const match = MOMENT.exec(cell)
  return match && isDay(match)
    ? cell
    : new BadCell('bad-time', 'is no moment as RFC 3339 writes it, such as 2026-01-31T09:30:00Z')
}

function isDay([, year, month, day]: RegExpExecArray): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  return y >= YEAR_MIN && y <= YEAR_MAX && m >= 1 && m <= 12 && d >= 1 && d <= daysInMonth(y, m)
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Money that may be owed: `-12.5`, `0`, `1889.50`. */
export const balance: ReadCell<Kopecks> = (cell) => {
  const amount = parseKopecks(cell)
  if (amount === null) return new BadCell('bad-amount', 'is no amount, such as 149.50')
  return amount > AMOUNT_KOPECKS_MAX || amount < -AMOUNT_KOPECKS_MAX
    ? new BadCell('out-of-range', 'is more money than one amount may be')
    : amount
}

/** Money from zero up. */
export const fee: ReadCell<Kopecks> = (cell) => {
  const amount = balance(cell)
  return !(amount instanceof BadCell) && amount < 0n ? new BadCell('negative', 'is negative') : amount
}

/** Money above zero. */
export const payment: ReadCell<Kopecks> = (cell) => {
  const amount = fee(cell)
  return amount === 0n ? new BadCell('out-of-range', 'is zero') : amount
}

export const points: ReadCell<bigint> = (cell) => {
  if (/^-\d+$/.test(cell)) return new BadCell('negative', 'is negative')
  if (!/^\d{1,15}$/.test(cell)) return new BadCell('bad-number', 'is no whole number')
  return Number(cell) > POINTS_MAX ? new BadCell('out-of-range', `is over ${POINTS_MAX}`) : BigInt(cell)
}

/** An exact decimal from zero up, of at most six places. */
export const quantity: ReadCell<string> = (cell) => {
  if (/^-\d/.test(cell)) return new BadCell('negative', 'is negative')
  return /^\d{1,14}(\.\d{1,6})?$/.test(cell)
    ? cell
    : new BadCell('bad-number', 'is no decimal number of at most six places')
}

export function oneOf<const Value extends string>(values: readonly Value[]): ReadCell<Value> {
  const known = new Map<string, Value>(values.map((value) => [value, value]))
  return (cell) => known.get(cell) ?? new BadCell('unknown-value', `is none of ${values.join(', ')}`)
}

const GIVEN_RIGHTS = ['VIEW', 'PAY', 'MANAGE'] as const

/** Rights as bits, from `VIEW+PAY`. Owning cannot be given. */
export const rights: ReadCell<number> = (cell) => {
  const names = cell.split('+').map((name) => name.trim())
  const given = GIVEN_RIGHTS.filter((right) => names.includes(right))
  return given.length === names.length
    ? toBits(given)
    : new BadCell('unknown-value', `is not made of ${GIVEN_RIGHTS.join(', ')} with + between`)
}
