import type { Language } from '../../../platform/languages.ts'
import type { NoticeKind } from '../store/notices.ts'

/** What a notice was written with, by name. What is missing is left out of the text. */
export type NoticeParameters = Readonly<Record<string, string | number>>

type Text = (parameters: NoticeParameters) => string

/** What a notice says, as a text message and in the cabinet. */
export function noticeText(kind: NoticeKind, parameters: NoticeParameters, language: Language): string {
  return TEXTS[kind][language](parameters)
}

const TEXTS: Readonly<Record<NoticeKind, Readonly<Record<Language, Text>>>> = {
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
  AUTO_PAYMENT_MADE: {
    ru: (given) => `Номер пополнен автоплатежом${sum(given, 'amount', ' на ')}.`,
    en: (given) => `An automatic payment${sum(given, 'amount', ' of ')} has topped up the number.`,
  },
  AUTO_PAYMENT_REFUSED: {
    ru: (given) =>
      `Банк отклонил автоплатёж${sum(given, 'amount', ' на ')}. Проверьте карту или пополните номер иначе.`,
    en: (given) =>
      `The bank refused an automatic payment${sum(given, 'amount', ' of ')}. Check the card, or top up otherwise.`,
  },
  AUTO_PAYMENT_STOPPED: {
    ru: ({ reason }) => `Автоплатёж выключен${stopReason(reason, 'ru')}. Настройте его снова в личном кабинете.`,
    en: ({ reason }) => `An automatic payment is off${stopReason(reason, 'en')}. Set it again in your cabinet.`,
  },
  AUTO_PAYMENT_CAP_REACHED: {
    ru: () => 'Автоплатёж не сработал: его предел на месяц исчерпан. Поднимите предел или пополните номер сами.',
    en: () => 'An automatic payment did not fire: its cap for the month is reached. Raise it, or top up yourself.',
  },
  SPEND_CAP_LEVEL_REACHED: {
    ru: (given) =>
      `Расходы на номере за месяц достигли${share(given)} предела${sum(given, 'cap', ' ')}. Изменить его можно в личном кабинете.`,
    en: (given) =>
      `The month’s spending of the number has reached${share(given) || ' a part'} of the cap${sum(given, 'cap', ' of ')}. Change it in your cabinet.`,
  },
  LIVE_BALANCE_SUSPENDED: {
    ru: () => '«Живой баланс» приостановлен: не хватает денег. Он продолжится, когда номер будет пополнен.',
    en: () => 'The live balance waits for money. It goes on when the number is topped up.',
  },
  LIVE_BALANCE_RESUMED: {
    ru: () => '«Живой баланс» снова работает.',
    en: () => 'The live balance goes on.',
  },
}

const STOP_REASONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  REFUSALS: { ru: ': банк отказал несколько раз подряд', en: ': the bank has refused several times in a row' },
  NO_RIGHTS: { ru: ': у владельца карты нет права платить за номер', en: ': its payer may not pay for the number' },
  NO_CARD: { ru: ': карты больше нет', en: ': there is no such card any more' },
}

function stopReason(reason: NoticeParameters[string] | undefined, language: Language): string {
  return STOP_REASONS[String(reason)]?.[language] ?? ''
}

/** An amount of money as it was written, or nothing. */
function sum(parameters: NoticeParameters, name: string, before: string): string {
  const amount = String(parameters[name] ?? '')
  return /^\d{1,15}\.\d\d$/.test(amount) ? `${before}${amount}` : ''
}

/** A part of something in percents, or nothing. */
function share({ percent }: NoticeParameters): string {
  return typeof percent === 'number' ? ` ${percent}%` : ''
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

const QUOTED_LENGTH_MAX = 40

/**
 * A name that somebody chose, in quotation marks. It goes out in the operator's own name, so nothing in it can look like
 * an address to open or a number to call.
 */
function quoted(parameters: NoticeParameters, name: string): string {
  const plain = String(parameters[name] ?? '')
    .replaceAll(/[^\p{L}\p{N} -]+/gu, ' ')
    .replaceAll(/\d{5,}/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return plain === '' ? '' : ` «${plain.slice(0, QUOTED_LENGTH_MAX)}»`
}

const MOMENT = new Intl.DateTimeFormat('ru', {
  day: '2-digit',
  month: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Moscow',
})

/** A moment as the operator's customers read it, Moscow time. */
function moment(parameters: NoticeParameters, name: string, before: string): string {
  const at = Date.parse(String(parameters[name] ?? ''))
  return Number.isNaN(at) ? '' : `${before}${MOMENT.format(at)} MSK`
}
