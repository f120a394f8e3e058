import type { Language } from '../../../platform/languages.ts'
import type { NoticeKind } from '../store/notices.ts'
import { MONEY_TEXTS } from './money-texts.ts'
import { moment, type NoticeParameters, type NoticeText, quoted, type Told } from './wording.ts'

/** What a notice says, as a text message and in the cabinet. */
export function noticeText(kind: NoticeKind, told: Told, language: Language): string {
  return TEXTS[kind][language](told)
}

const TEXTS: Readonly<Record<NoticeKind, NoticeText>> = {
  SIGNED_IN_ON_NEW_DEVICE: {
    ru: (given) =>
      `Вход в личный кабинет с нового устройства${quoted(given, 'deviceName')}. Если это не вы, завершите сеансы в настройках.`,
    en: (given) =>
      `Your cabinet was opened on a new device${quoted(given, 'deviceName')}. If it was not you, end the sessions in settings.`,
  },
  SESSIONS_ENDED: {
    ru: ({ reason }) =>
      reason === 'REUSE_DETECTED'
        ? 'Сеанс личного кабинета завершён: его ключ использовали дважды. Войдите снова и проверьте список устройств.'
        : 'Сеансы личного кабинета завершены. Если это не вы, войдите снова и смените пароль.',
    en: ({ reason }) =>
      reason === 'REUSE_DETECTED'
        ? 'A session of your cabinet was ended: its key was used twice. Sign in again and look at your devices.'
        : 'Sessions of your cabinet were ended. If it was not you, sign in again and change the password.',
  },
  PASSWORD_CHANGED: {
    ru: ({ change }) =>
      `${change === 'SET' ? 'Для личного кабинета задан пароль' : 'Пароль личного кабинета изменён'}. Если это не вы, сразу обратитесь в поддержку.`,
    en: ({ change }) =>
      `${change === 'SET' ? 'A password was set for your cabinet' : 'The password of your cabinet was changed'}. If it was not you, call support at once.`,
  },
  IDENTITY_ATTACHED: {
    ru: (given) =>
      `К личному кабинету привязан вход через внешний сервис${quoted(given, 'provider')}. Если это не вы, отвяжите его.`,
    en: (given) =>
      `Sign-in by another service${quoted(given, 'provider')} was attached to your cabinet. If it was not you, detach it.`,
  },
  IDENTITY_DETACHED: {
    ru: (given) => `От личного кабинета отвязан вход через внешний сервис${quoted(given, 'provider')}.`,
    en: (given) => `Sign-in by another service${quoted(given, 'provider')} was detached from your cabinet.`,
  },
  MEMBERSHIP_CHANGED: {
    ru: (given) => `Организация${quoted(given, 'organization')}: ${membershipChange(given, 'ru')}.`,
    en: (given) => `Organization${quoted(given, 'organization')}: ${membershipChange(given, 'en')}.`,
  },
  ACCOUNT_CLOSED: {
    ru: () => 'Личный кабинет закрыт. Номер и договор остаются. Открыть снова можно, войдя по номеру.',
    en: () => 'Your cabinet is closed. The number and the contract stay. Sign in with the number to reopen it.',
  },
  ACCOUNT_REOPENED: {
    ru: () => 'Личный кабинет снова открыт. Если это не вы, сразу обратитесь в поддержку.',
    en: () => 'Your cabinet is open again. If it was not you, call support at once.',
  },
  EXPORT_READY: {
    ru: () => 'Копия ваших данных готова. Скачайте её в личном кабинете.',
    en: () => 'The copy of your data is ready. Download it in your cabinet.',
  },
  SIM_CHANGED: {
    ru: (given) =>
      `SIM-карта заменена. Переводы, переадресация и смена пароля недоступны${moment(given, 'until', ' до ')}. Если это не вы, сразу обратитесь в поддержку.`,
    en: (given) =>
      `The SIM was changed. Transfers, forwarding and changes of the password wait${moment(given, 'until', ' until ')}. If it was not you, call support at once.`,
  },
  CONSULTANT_ANSWERED: {
    ru: () => 'Консультант ответил на ваш вопрос. Ответ — в личном кабинете.',
    en: () => 'The consultant has answered your question. Read it in your cabinet.',
  },
  NEWS_PUBLISHED: {
    ru: (given) => `Новость компании${quoted(given, 'title')}. Подробнее — в личном кабинете.`,
    en: (given) => `Company news${quoted(given, 'title')}. Read more in your cabinet.`,
  },
  ...MONEY_TEXTS,
}

const MEMBERSHIP_CHANGES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  JOINED: { ru: 'добавлен участник', en: 'a member has joined' },
  ROLE_CHANGED: { ru: 'изменена роль участника', en: 'the role of a member was changed' },
  REMOVED: { ru: 'участник исключён', en: 'a member was removed' },
  LEFT: { ru: 'участник вышел', en: 'a member has left' },
}
const SOME_CHANGE = { ru: 'изменился состав участников', en: 'the members have changed' }

function membershipChange({ change }: NoticeParameters, language: Language): string {
  return (MEMBERSHIP_CHANGES[String(change)] ?? SOME_CHANGE)[language]
}
