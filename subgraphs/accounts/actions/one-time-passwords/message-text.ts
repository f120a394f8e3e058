import type { Language } from '../../../../platform/languages.ts'

/** The message that carries a code. Within 70 characters, what one part of a message in Cyrillic holds. */
export function messageText(code: string, language: Language): string {
  return language === 'ru'
    ? `${code} — код для входа. Никому его не сообщайте.`
    : `${code} is your sign-in code. Tell it to nobody.`
}
