import type { Language } from '../../../platform/languages.ts'
import type { MoneyNoticeKind } from '../store/notices.ts'
import { amountOf, moment, type NoticeParameters, type NoticeText, points, share, sum } from './wording.ts'

/**
 * What is said of money. A text message may be read by whoever has the telephone: none says how much there is, and none
 * says whose number or card it was.
 */
export const MONEY_TEXTS: Readonly<Record<MoneyNoticeKind, NoticeText>> = {
  TRANSFER_SENT: {
    ru: (given) => `Перевод${amountOf(given, 'ru', ' на ')} отправлен. Если это не вы, сразу обратитесь в поддержку.`,
    en: (given) => `A transfer${amountOf(given, 'en', ' of ')} was sent. If it was not you, call support at once.`,
  },
  TRANSFER_RECEIVED: {
    ru: (given) => `На номер пришёл перевод${amountOf(given, 'ru', ' на ')}. От кого — в личном кабинете.`,
    en: (given) => `A transfer${amountOf(given, 'en', ' of ')} has come to the number. See in your cabinet from whom.`,
  },
  TRANSFER_RETURNED: {
    ru: (given) =>
      `Перевод${amountOf(given, 'ru', ' на ')} не прошёл: получателю его зачислить нельзя. Деньги снова на номере.`,
    en: (given) => `A transfer${amountOf(given, 'en', ' of ')} could not be credited. The money is back on the number.`,
  },
  TOP_UP_CREDITED: {
    ru: (given) => `Номер пополнен картой${amountOf(given, 'ru', ' на ')}.`,
    en: (given) => `The number was topped up by card${amountOf(given, 'en', ': ')}.`,
  },
  TOP_UP_FAILED: {
    ru: (given) =>
      `Пополнение картой${amountOf(given, 'ru', ' на ')} не прошло. Почему и что делать — в личном кабинете.`,
    en: (given) => `A top-up by card${amountOf(given, 'en', ' of ')} failed. See in your cabinet why, and what helps.`,
  },
  PAYMENT_REFUNDED: {
    ru: (given) => `Возврат${amountOf(given, 'ru', ' на ')} отправлен на карту, с которой пополняли номер.`,
    en: (given) => `A refund${amountOf(given, 'en', ' of ')} went to the card that had topped up the number.`,
  },
  PAYMENT_REFUND_FAILED: {
    ru: (given) =>
      `Вернуть на карту${amountOf(given, 'ru', ' ')} не получилось: банк отказал. Деньги остались на номере.`,
    en: (given) => `A refund${amountOf(given, 'en', ' of ')} did not reach the card. The money is still on the number.`,
  },
  PURCHASE_MADE: {
    ru: (given) =>
      `Оплата услуг${amountOf(given, 'ru', ' на ')} отправлена. Если это не вы, сразу обратитесь в поддержку.`,
    en: (given) =>
      `A payment for services${amountOf(given, 'en', ' of ')} was sent. If it was not you, call support at once.`,
  },
  PURCHASE_REFUSED: {
    ru: (given) =>
      `Оплата услуг${amountOf(given, 'ru', ' на ')} не прошла: получатель отказал. Деньги снова на номере.`,
    en: (given) =>
      `A payment for services${amountOf(given, 'en', ' of ')} was refused. The money is back on the number.`,
  },
  BONUS_POINTS_GIVEN: {
    ru: (given) => `С номера подарены бонусные баллы${points(given)}. Если это не вы, сразу обратитесь в поддержку.`,
    en: (given) =>
      `Bonus points of the number were given away${points(given)}. If it was not you, call support at once.`,
  },
  BONUS_POINTS_RECEIVED: {
    ru: (given) => `На номер подарили бонусные баллы${points(given)}. От кого — в личном кабинете.`,
    en: (given) => `The number was given bonus points${points(given)}. See in your cabinet from whom.`,
  },
  PROMISED_PAYMENT_TAKEN: {
    ru: (given) =>
      `Обещанный платёж${amountOf(given, 'ru', ' на ')} взят. Пополните номер${moment(given, 'dueAt', ' до ')}.`,
    en: (given) =>
      `A promised payment${amountOf(given, 'en', ' of ')} was taken. Top up${moment(given, 'dueAt', ' before ')}.`,
  },
  PROMISED_PAYMENT_DUE_SOON: {
    ru: (given) =>
      `Скоро срок обещанного платежа${moment(given, 'dueAt', ': ')}. Пополните номер, чтобы остаться на связи.`,
    en: (given) => `A promised payment is due soon${moment(given, 'dueAt', ': ')}. Top up the number to stay in touch.`,
  },
  PROMISED_PAYMENT_ENDED: {
    ru: (given) => promiseEnd(given, 'ru'),
    en: (given) => promiseEnd(given, 'en'),
  },
  AUTO_PAYMENT_MADE: {
    ru: (given) => `Номер пополнен автоплатежом${sum(given, 'amount', 'ru', ' на ')}.`,
    en: (given) => `An automatic payment${sum(given, 'amount', 'en', ' of ')} has topped up the number.`,
  },
  AUTO_PAYMENT_REFUSED: {
    ru: (given) =>
      `Банк отклонил автоплатёж${sum(given, 'amount', 'ru', ' на ')}. Проверьте карту или пополните номер иначе.`,
    en: (given) =>
      `The bank refused an automatic payment${sum(given, 'amount', 'en', ' of ')}. Check the card, or top up otherwise.`,
  },
  AUTO_PAYMENT_STOPPED: {
    ru: ({ reason }) =>
      reason === 'LINE_CLOSED'
        ? 'Автоплатёж выключен: номер закрыт.'
        : `Автоплатёж выключен${stopReason(reason, 'ru')}. Настройте его снова в личном кабинете.`,
    en: ({ reason }) =>
      reason === 'LINE_CLOSED'
        ? 'An automatic payment is off: the number is closed.'
        : `An automatic payment is off${stopReason(reason, 'en')}. Set it again in your cabinet.`,
  },
  AUTO_PAYMENT_DISABLED: {
    ru: () => 'Автоплатёж выключен. Если это не вы, проверьте в личном кабинете, кому доступен номер.',
    en: () => 'An automatic payment was switched off. If it was not you, see in your cabinet who manages the number.',
  },
  AUTO_PAYMENT_CAP_REACHED: {
    ru: ({ reason }) =>
      reason === 'MEMBER_LIMIT'
        ? 'Автоплатёж не сработал: лимит сотрудника на месяц исчерпан. Увеличить его может владелец организации.'
        : 'Автоплатёж не сработал: его предел на месяц исчерпан. Поднимите предел или пополните номер сами.',
    en: ({ reason }) =>
      reason === 'MEMBER_LIMIT'
        ? 'An automatic payment did not fire: its member’s limit for the month is reached. The organization’s owner can raise it.'
        : 'An automatic payment did not fire: its cap for the month is reached. Raise it, or top up yourself.',
  },
  SPEND_CAP_LEVEL_REACHED: {
    ru: (given) =>
      `Расходы на номере за месяц достигли${share(given)} предела${sum(given, 'cap', 'ru', ' ')}. Изменить его можно в личном кабинете.`,
    en: (given) =>
      `The month’s spending of the number has reached${share(given) || ' a part'} of the cap${sum(given, 'cap', 'en', ' of ')}. Change it in your cabinet.`,
  },
  LIVE_BALANCE_SUSPENDED: {
    ru: () => '«Живой баланс» приостановлен: не хватает денег. Он продолжится, когда номер будет пополнен.',
    en: () => 'The live balance waits for money. It goes on when the number is topped up.',
  },
  LIVE_BALANCE_RESUMED: {
    ru: () => '«Живой баланс» снова работает.',
    en: () => 'The live balance goes on.',
  },
  LIVE_BALANCE_ENDED: {
    ru: () => '«Живой баланс» выключен: номер закрыт. Списаний за него больше не будет.',
    en: () => 'The live balance is off: the number is closed. Nothing more is charged for it.',
  },
}

/** What a top-up has left of what was owed. */
const TOP_UPS_OF_PROMISES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  NONE: { ru: 'Обещанный платёж возвращён: номер пополнен.', en: 'The promised payment is paid back by a top-up.' },
  LEFT: {
    ru: 'Номер пополнен, обещанный платёж закончился. Баланс ещё ниже нуля, пополните номер.',
    en: 'The number is topped up and the promised payment is over. The balance is still below zero: top up the number.',
  },
}
const SOME_TOP_UP = {
  ru: 'Номер пополнен, обещанный платёж закончился.',
  en: 'The number is topped up and the promised payment is over.',
}
const PROMISE_DUE = {
  ru: 'Срок обещанного платежа вышел. Если баланс ниже нуля, пополните номер.',
  en: 'The promised payment is due. If the balance is below zero, top up the number.',
}

function promiseEnd({ by, debt }: NoticeParameters, language: Language): string {
  return (by === 'TOP_UP' ? (TOP_UPS_OF_PROMISES[String(debt)] ?? SOME_TOP_UP) : PROMISE_DUE)[language]
}

const STOP_REASONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  REFUSALS: { ru: ': банк отказал несколько раз подряд', en: ': the bank has refused several times in a row' },
  NO_RIGHTS: { ru: ': у владельца карты нет права платить за номер', en: ': its payer may not pay for the number' },
  NO_CARD: { ru: ': карты больше нет', en: ': there is no such card any more' },
}

function stopReason(reason: NoticeParameters[string] | undefined, language: Language): string {
  return STOP_REASONS[String(reason)]?.[language] ?? ''
}
