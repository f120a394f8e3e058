import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  AlreadyMemberError: {
    ru: 'Вы уже действуете от имени этой организации. Обновите список организаций.',
    en: 'You act for this organization already. Refresh the list of organizations.',
  },
  InvalidLimitError: {
    ru: 'Укажите лимит суммой от нуля, не больше двух знаков после точки, или уберите его.',
    en: 'Give the limit as an amount from zero with two digits after the point at most, or none.',
  },
  InvalidNewsError: {
    ru: 'Заполните эту часть: тексты не пусты и не слишком длинны, регионов не больше ста, конец позже начала.',
    en: 'Correct this part: texts neither empty nor too long, a hundred regions at most, an end after the beginning.',
  },
  InvalidPhoneNumberError: {
    ru: 'Не удалось разобрать телефон. Введите его как 916 123-45-67.',
    en: 'The telephone number cannot be read. Type it like 916 123-45-67.',
  },
  InvitationNotFoundError: {
    ru: 'Приглашение не найдено: проверьте код и что вошли с номером, на который он пришёл, или попросите прислать новое.',
    en: 'No such invitation: check the code and that you use the number it came to, or ask for a new one.',
  },
  LastOwnerError: {
    ru: 'Это последний владелец организации. Сначала назначьте владельцем кого-то ещё.',
    en: 'This is the organization’s last owner. Make somebody else an owner first.',
  },
  MemberNotFoundError: {
    ru: 'В организации нет такого участника. Обновите список.',
    en: 'The organization has no such member. Refresh the list.',
  },
  MembershipNotPermittedError: {
    ru: 'Ваша роль в организации этого не позволяет. Обратитесь к её владельцу.',
    en: 'Your role in the organization does not let you do this. Ask its owner.',
  },
  NewsNotFoundError: {
    ru: 'Такой новости нет, или её уже сняли.',
    en: 'There is no such news, or it was taken back already.',
  },
  NotAnOrganizationError: {
    ru: 'Вы в собственном кабинете. Сначала перейдите в кабинет организации.',
    en: 'You are in an account of your own. Go to the organization’s first.',
  },
  OrganizationNotFoundError: {
    ru: 'Вы не действуете от имени такой организации. Обновите список организаций.',
    en: 'You act for no such organization. Refresh the list of organizations.',
  },
  SessionEndedError: {
    ru: 'Эта сессия завершена. Войдите снова.',
    en: 'This session has ended. Sign in again.',
  },
  TooManyInvitationsError: {
    ru: 'Организация отправила слишком много приглашений. Отзовите лишние или подождите день.',
    en: 'The organization has sent too many invitations. Take some back, or wait a day.',
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
