import type { Reason } from './eligibility.ts'

/** Why nothing can be paid from a line whose books do not reconcile. */
export const BALANCE_UNDER_REVIEW: Reason = {
  code: 'BALANCE_UNDER_REVIEW',
  message: {
    ru: 'Остаток номера проверяется, поэтому тратить с него пока нельзя.',
    en: 'The balance of the line is being checked, so nothing can be spent of it yet.',
  },
  remedy: {
    ru: 'Повторите позже. Пополнить номер можно и сейчас. Если проверка длится больше суток, напишите нам.',
    en: 'Try again later. The line can be topped up even now. If it takes more than a day, write to us.',
  },
}
