import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  CaptchaFailedError: {
    ru: 'Ответ не подошёл. Возьмите новую картинку и попробуйте ещё раз.',
    en: 'The answer does not fit. Take a new picture and try again.',
  },
  InvalidOneTimePasswordError: {
    ru: 'Пароль не подходит. Проверьте цифры или запросите новый.',
    en: 'The password does not fit. Check the digits or ask for a new one.',
  },
  InvalidPhoneNumberError: {
    ru: 'Не удалось разобрать телефон. Введите его как 916 123-45-67.',
    en: 'The telephone number cannot be read. Type it like 916 123-45-67.',
  },
  OneTimePasswordDeliveryNotFoundError: {
    ru: 'Отправить повторно уже нельзя. Запросите новый пароль.',
    en: 'It cannot be sent again any more. Ask for a new password.',
  },
  TooManyAttemptsError: {
    ru: 'Слишком много неверных паролей. Попробуйте позже или войдите другим способом.',
    en: 'Too many wrong passwords. Try later, or sign in another way.',
  },
  TooManyRequestsError: {
    ru: 'Слишком много запросов. Подождите немного.',
    en: 'Too many requests. Wait a little.',
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
