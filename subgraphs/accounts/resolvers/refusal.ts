import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  AccountNotFoundError: {
    ru: 'Это не тот кабинет, в который вы вошли. Обновите страницу.',
    en: 'This is not the account that you are signed in to. Refresh the page.',
  },
  DataExportInProgressError: {
    ru: 'Копия уже готовится. Дождитесь её: придёт уведомление.',
    en: 'A copy is being prepared already. Wait for it: a notice will come.',
  },
  DataExportNotFoundError: {
    ru: 'Такой копии у кабинета нет. Запросите новую.',
    en: 'The account has no such copy. Ask for a new one.',
  },
  DataExportNotReadyError: {
    ru: 'Копия ещё готовится или больше не хранится. Подождите или запросите новую.',
    en: 'The copy is still being prepared, or is not kept any more. Wait, or ask for a new one.',
  },
  InvalidIdempotencyKeyError: {
    ru: 'Ключ повтора должен быть длиной от 1 до 100 знаков.',
    en: 'The idempotency key must be 1 to 100 characters long.',
  },
  OrganizationHasMembersError: {
    ru: 'За организацию действуют и другие. Сначала исключите их, потом закройте кабинет.',
    en: 'Others act for the organization. Remove them first, then close the account.',
  },
  OrganizationOwnerRequiredError: {
    ru: 'Это может сделать только владелец организации.',
    en: 'Only the owner of the organization may do this.',
  },
  RecentSignInRequiredError: {
    ru: 'Вход был слишком давно. Войдите ещё раз и повторите.',
    en: 'You signed in too long ago. Sign in once more, then repeat.',
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
