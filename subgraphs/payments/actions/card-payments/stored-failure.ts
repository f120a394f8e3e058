import type { TopUpFailed } from './top-up-rules.ts'

/** A failed rule as a client's key keeps it: amounts as text. */
export type StoredFailure =
  | { readonly code: 'AMOUNT_OUT_OF_RANGE'; readonly min: string; readonly max: string }
  | { readonly code: 'CARD_NOT_FOUND' }
  | {
      readonly code: 'DAY_AMOUNT_REACHED' | 'DAY_COUNT_REACHED' | 'MEMBER_LIMIT'
      readonly left: string
      readonly max: string
    }

export function toStored(failure: TopUpFailed): StoredFailure {
  switch (failure.code) {
    case 'AMOUNT_OUT_OF_RANGE':
      return { code: failure.code, min: String(failure.minKopecks), max: String(failure.maxKopecks) }
    case 'CARD_NOT_FOUND':
      return { code: failure.code }
    case 'DAY_AMOUNT_REACHED':
      return { code: failure.code, left: String(failure.leftKopecks), max: String(failure.maxKopecks) }
    case 'DAY_COUNT_REACHED':
      return { code: failure.code, left: '0', max: String(failure.countMax) }
    case 'MEMBER_LIMIT':
      return { code: failure.code, left: String(failure.leftKopecks), max: String(failure.leftKopecks) }
  }
}
