import type { Language } from '../../../../platform/languages.ts'

/** What a telephone's screen says. Russian has 70 characters for it, English 182. */
export interface UssdTexts {
  readonly menu: string
  readonly notOurs: string
  readonly away: string
  readonly managementEnabled: string
  readonly bye: string
  balance(amount: string, currencyCode: string): string
  password(code: string): string
  tooManyPasswords(minutes: number): string
}

const RUSSIAN: UssdTexts = {
  menu: '1 Баланс\n2 Пароль для входа\n3 Управление номерами\n0 Выход',
  notOurs: 'Этот номер у нас не обслуживается.',
  away: 'Сейчас не получается. Повторите через минуту.',
  managementEnabled: '«Управление номерами» включено. Теперь номер можно привязать.',
  bye: 'До свидания.',
  balance: (amount, currencyCode) => `Баланс: ${amount.replace('.', ',')} ${currencyCode}`,
  password: (code) => `Пароль для входа: ${code}. Никому его не говорите.`,
  tooManyPasswords: (minutes) => `Слишком часто. Повторите через ${minutes} мин.`,
}

const ENGLISH: UssdTexts = {
  menu: '1 Balance\n2 Password to sign in\n3 Number management\n0 Exit',
  notOurs: 'This number is not served by us.',
  away: 'This does not work now. Try again in a minute.',
  managementEnabled: 'Number management is on. This number can now be linked to another cabinet.',
  bye: 'Goodbye.',
  balance: (amount, currencyCode) => `Balance: ${amount} ${currencyCode}`,
  password: (code) => `Password to sign in: ${code}. Tell it to nobody.`,
  tooManyPasswords: (minutes) => `Too often. Try again in ${minutes} min.`,
}

export const USSD_TEXTS: Readonly<Record<Language, UssdTexts>> = { ru: RUSSIAN, en: ENGLISH }
