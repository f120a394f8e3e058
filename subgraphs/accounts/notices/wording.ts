import type { Language } from '../../../platform/languages.ts'
import { CURRENCY_CODES, formatKopecks, parseKopecks } from '../../../platform/money.ts'
import { moneyInWords } from '../../../platform/money-words.ts'

/** What a notice was written with, by name. What is missing is left out of the text. */
export type NoticeParameters = Readonly<Record<string, string | number>>

/** What a notice was written with, and in whose time its moments are told. */
export type Told = NoticeParameters & { readonly timeZone: string }

/** What a notice says, in each language. */
export type NoticeText = Readonly<Record<Language, (told: Told) => string>>

/** An amount of money that was written down as `100.00`, or nothing. */
export function sum(parameters: NoticeParameters, name: string, language: Language, before: string): string {
  return money(parameters, language, parseKopecks(String(parameters[name] ?? '')), before)
}

/** The amount of what was done, which trails keep in kopecks, or nothing. */
export function amountOf(parameters: NoticeParameters, language: Language, before: string): string {
  const digits = String(parameters['kopecks'] ?? '')
  return money(parameters, language, /^\d{1,17}$/.test(digits) ? BigInt(digits) : null, before)
}

/** In its currency, where that was written down too. A text message is not made longer by spaces that do not break. */
function money({ currencyCode }: NoticeParameters, language: Language, kopecks: bigint | null, before: string): string {
  if (kopecks === null) return ''
  const code = CURRENCY_CODES.find((known) => known === currencyCode)
  const amount = code ? moneyInWords(kopecks, code, language).replaceAll(/\s/g, ' ') : formatKopecks(kopecks)
  return `${before}${amount}`
}

/** How many bonus points, or nothing. */
export function points({ points: count }: NoticeParameters): string {
  const digits = String(count ?? '')
  return /^\d{1,15}$/.test(digits) ? `: ${digits}` : ''
}

/** A part of something in percents, or nothing. */
export function share({ percent }: NoticeParameters): string {
  return typeof percent === 'number' ? ` ${percent}%` : ''
}

const QUOTED_LENGTH_MAX = 40

/**
 * A name that somebody chose, in quotation marks. It goes out in the operator's own name, so nothing in it can look like
 * an address to open or a number to call.
 */
export function quoted(parameters: NoticeParameters, name: string): string {
  const plain = String(parameters[name] ?? '')
    .replaceAll(/[^\p{L}\p{N} -]+/gu, ' ')
    .replaceAll(/\d{5,}/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return plain === '' ? '' : ` «${plain.slice(0, QUOTED_LENGTH_MAX)}»`
}

/** Dear to make; there are only so many time zones. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('ru', {
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  })
  formats.set(timeZone, format)
  return format
}

/** A moment as it is at the operator's, and in whose time that is. */
export function moment({ timeZone, ...parameters }: Told, name: string, before: string): string {
  const at = Date.parse(String(parameters[name] ?? ''))
  if (Number.isNaN(at)) return ''
  const told = formatOf(timeZone).format(at)
  // Of all zones people call this one by its name.
  return before + (timeZone === 'Europe/Moscow' ? told.replace(/GMT.*$/, 'MSK') : told)
}
