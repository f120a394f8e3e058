import type { Translated } from '../../../platform/languages.ts'
import type { Reason } from './eligibility.ts'

/** Why a member of an organization may not spend so much of its money, whatever on. `left` is an amount in words. */
export function memberLimitReached(left: Translated): Reason {
  return {
    code: 'MEMBER_LIMIT',
    message: {
      ru: `Лимит, который вам задала организация: в этом месяце осталось ${left.ru}.`,
      en: `The limit that the organization has set for you: ${left.en} is left this month.`,
    },
    remedy: {
      ru: 'Попросите владельца организации увеличить лимит.',
      en: 'Ask the owner of the organization to raise it.',
    },
  }
}
