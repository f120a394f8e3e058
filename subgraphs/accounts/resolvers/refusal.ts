import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  IdentityNotAttachedError: {
    ru: 'Эта учётная запись ни к кому не привязана. Войдите по номеру телефона и привяжите её в настройках.',
    en: 'This account of yours is attached to nobody here. Sign in by your number, then attach it in the settings.',
  },
  IdentityNotFoundError: {
    ru: 'Такой привязанной учётной записи нет. Обновите список.',
    en: 'There is no such attached account. Refresh the list.',
  },
  IdentityTakenError: {
    ru: 'Эта учётная запись уже привязана к другому кабинету. Сначала отвяжите её там.',
    en: 'This account is attached to another cabinet already. Detach it there first.',
  },
  NoStaffRoleError: {
    ru: 'У вас нет роли для работы в кабинете. Обратитесь к своему администратору.',
    en: 'You have no role for work in the cabinet. Ask your administrator.',
  },
  NotEligibleError: {
    ru: 'Сейчас это сделать нельзя: ниже все причины.',
    en: 'This cannot be done now: all reasons are below.',
  },
  NotOnOperatorNetworkError: {
    ru: 'Сеть не назвала вашего номера. Войдите по номеру телефона.',
    en: 'The network has not named your number. Sign in by your number.',
  },
  ProviderInUseError: {
    ru: 'К кабинету уже привязана другая учётная запись этого провайдера. Сначала отвяжите её.',
    en: 'Another account at this provider is attached to your cabinet already. Detach that one first.',
  },
  ProviderNotFoundError: {
    ru: 'Через этого провайдера здесь не входят. Обновите список провайдеров.',
    en: 'Nobody signs in here by this provider. Refresh the list of providers.',
  },
  ProviderRefusedError: {
    ru: 'Провайдер не подтвердил, кто вы. Начните вход заново.',
    en: 'The provider has not confirmed who you are. Begin again.',
  },
  ProviderSignInNotFoundError: {
    ru: 'Этот вход закончился или начат на другом устройстве. Начните заново.',
    en: 'This sign-in is over, or was begun on another device. Begin again.',
  },
  ProviderUnavailableError: {
    ru: 'Провайдер сейчас не отвечает. Попробуйте через минуту или войдите по номеру телефона.',
    en: 'The provider does not answer now. Try again in a minute, or sign in by your number.',
  },
  RedirectNotAllowedError: {
    ru: 'На этот адрес провайдер не возвращает. Возьмите один из настроенных.',
    en: 'The provider sends nobody back to that address. Take one of those that are configured.',
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
