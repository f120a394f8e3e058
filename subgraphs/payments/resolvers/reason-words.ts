import type { Language, Translated } from '../../../platform/languages.ts'
import { LANGUAGES } from '../../../platform/languages.ts'
import { type CurrencyCode, formatKopecks } from '../../../platform/money.ts'

/** Writes what rules name, in every language: amounts and moments as people read them. */
export interface ReasonWords {
  money(kopecks: string): Translated
  moment(isoText: string): Translated
}

export function reasonWords(currencyCode: CurrencyCode, timeZone: string): ReasonWords {
  return {
    money: (kopecks) => moneyInWords(kopecks, currencyCode),
    moment: (isoText) =>
      inEach((language) =>
        new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'long', timeStyle: 'short' }).format(
          new Date(isoText),
        ),
      ),
  }
}

/** An amount of money as people of each language write it. */
export function moneyInWords(kopecks: string, currencyCode: CurrencyCode): Translated {
  return inEach((language) => {
    const amount = formatKopecks(BigInt(kopecks)) as Intl.StringNumericLiteral
    return new Intl.NumberFormat(language, { style: 'currency', currency: currencyCode }).format(amount)
  })
}

function inEach(write: (language: Language) => string): Translated {
  return Object.fromEntries(LANGUAGES.map((language) => [language, write(language)])) as Translated
}
