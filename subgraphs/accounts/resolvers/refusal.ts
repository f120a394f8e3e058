import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  InvalidRefreshTokenError: {
    ru: 'Сессия закончилась. Войдите снова.',
    en: 'The session is over. Sign in again.',
  },
  SessionNotFoundError: {
    ru: 'Такой сессии нет или она уже закончилась. Обновите список сессий.',
    en: 'There is no such session, or it has ended already. Refresh the list of sessions.',
  },
} satisfies Record<string, Translated>

/** An expected refusal as the schema shows it, in the viewer's language. `path` is from `input`. */
export function refusal<Name extends keyof typeof MESSAGES>(
  name: Name,
  language: Language,
  path: readonly string[],
): { __typename: Name; message: string; path: string[] } {
  return { __typename: name, message: MESSAGES[name][language], path: [...path] }
}
