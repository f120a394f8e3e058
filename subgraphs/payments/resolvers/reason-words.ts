import type { Language, Translated } from '../../../platform/languages.ts'
import { LANGUAGES } from '../../../platform/languages.ts'
import type { CurrencyCode } from '../../../platform/money.ts'
import { moneyInWords } from '../../../platform/money-words.ts'
import type { Context } from '../context.ts'
import type { Reason } from './eligibility.ts'

/** Writes what rules name, in every language: amounts and moments as people read them. */
export interface ReasonWords {
  money(kopecks: bigint | string): Translated
  moment(at: Date | string): Translated
}

export function reasonWords(currencyCode: CurrencyCode, timeZone: string): ReasonWords {
  return {
    money: (kopecks) => inEach((language) => moneyInWords(BigInt(kopecks), currencyCode, language)),
    moment: (at) =>
      inEach((language) =>
        new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'long', timeStyle: 'short' }).format(new Date(at)),
      ),
  }
}

/** The reasons for what stands against something, as the operator writes now. */
export async function inWords<Obstacle>(
  { policies, currencyCode }: Pick<Context, 'policies' | 'currencyCode'>,
  obstacles: readonly Obstacle[],
  reasonOf: (obstacle: Obstacle, words: ReasonWords) => Reason,
): Promise<Reason[]> {
  const words = reasonWords(currencyCode, (await policies.current())['operator.timeZone'])
  return obstacles.map((obstacle) => reasonOf(obstacle, words))
}

function inEach(write: (language: Language) => string): Translated {
  return Object.fromEntries(LANGUAGES.map((language) => [language, write(language)])) as Translated
}
