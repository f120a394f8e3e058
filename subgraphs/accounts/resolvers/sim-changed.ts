import type { Language } from '../../../platform/languages.ts'

/** The refusal of a change that waits because a SIM was changed; it says until when. */
export function simChanged(until: Date, language: Language) {
  const moment = `${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const texts = {
    ru: {
      message: `SIM-карту недавно заменили, поэтому такие действия отложены до ${moment}.`,
      remedy: `Повторите после ${moment}. Если SIM-карту заменили не вы, сразу заблокируйте номер и позвоните нам.`,
    },
    en: {
      message: `A SIM card was changed lately, so this has to wait until ${moment}.`,
      remedy: `Repeat it after ${moment}. If it was not you who changed the SIM, block the number at once and call us.`,
    },
  }[language]
  return {
    __typename: 'NotEligibleError' as const,
    message: texts.message,
    path: [],
    reasons: [{ code: 'SIM_CHANGED', ...texts }],
  }
}
