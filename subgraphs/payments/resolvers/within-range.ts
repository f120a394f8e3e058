import type { Translated } from '../../../platform/languages.ts'
import type { ReasonWords } from './reason-words.ts'

/** Kopecks. */
export interface Range {
  readonly min: bigint | string
  readonly max: bigint | string
}

/** The range within which an amount has to be. */
export function withinRange({ min, max }: Range, words: ReasonWords): Translated {
  const [from, to] = [words.money(min), words.money(max)]
  return { ru: `Укажите от ${from.ru} до ${to.ru}.`, en: `Give from ${from.en} to ${to.en}.` }
}
