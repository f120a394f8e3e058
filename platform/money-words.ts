import type { Language } from './languages.ts'
import { type CurrencyCode, formatKopecks } from './money.ts'

/** An amount of money as people of a language write it. */
export function moneyInWords(kopecks: bigint, currencyCode: CurrencyCode, language: Language): string {
  const amount = formatKopecks(kopecks) as Intl.StringNumericLiteral
  return new Intl.NumberFormat(language, { style: 'currency', currency: currencyCode }).format(amount)
}
