import type { Translated } from '../../../platform/languages.ts'
import { createRefusal } from '../../../platform/refusal.ts'

const MESSAGES = {
  AutoPaymentNotFoundError: {
    ru: 'У номера нет такого автоплатежа. Обновите список.',
    en: 'The number has no such automatic payment. Refresh the list.',
  },
  AmountOutOfRangeError: {
    ru: 'Такую сумму одним платежом внести нельзя. Наименьшая и наибольшая указаны.',
    en: 'One payment cannot be of this amount. The smallest and the largest are given.',
  },
  CardNotFoundError: {
    ru: 'Такой сохранённой карты нет. Обновите список карт или введите карту заново.',
    en: 'There is no such saved card. Refresh the list of cards, or type the card again.',
  },
  CardPaymentsUnavailableError: {
    ru: 'Оплата картой здесь не подключена. Пополните номер другим способом.',
    en: 'Cards are not taken here. Top up in another way.',
  },
  IdempotencyKeyReusedError: {
    ru: 'Этот ключ уже использован с другим содержимым. Создайте новый.',
    en: 'This key was used with another body. Make a new one.',
  },
  InvalidAmountError: {
    ru: 'Сумма должна быть больше нуля, не более двух знаков после точки: 149.50.',
    en: 'The amount must be above zero, with at most two digits after the point: 149.50.',
  },
  InvalidPhoneNumberError: {
    ru: 'Не удалось разобрать телефон. Введите его как 916 123-45-67.',
    en: 'The telephone number cannot be read. Type it like 916 123-45-67.',
  },
  InvalidChargeError: {
    ru: 'Id, причина или срок списания вне границ. Что именно — в `path`.',
    en: 'The id, the reason or the term of the charge is out of its bounds. `path` says which.',
  },
  InvalidIdempotencyKeyError: {
    ru: 'Ключ повтора должен быть длиной от 1 до 100 знаков.',
    en: 'The idempotency key must be 1 to 100 characters long.',
  },
  InvalidReferenceError: {
    ru: 'Счёт написан не так, как его пишет получатель. Сверьтесь с примером.',
    en: 'The account is not written as the merchant writes it. Look at the example.',
  },
  MerchantNotFoundError: {
    ru: 'Такого получателя нет, или он сейчас не принимает платежи. Обновите список.',
    en: 'There is no such merchant, or it takes nothing now. Refresh the list.',
  },
  MerchantUnavailableError: {
    ru: 'Получатель не отвечает, ничего не списано. Повторите через несколько минут.',
    en: 'The merchant does not answer; nothing was taken. Repeat in a few minutes.',
  },
  PurchaseAlreadyConfirmedError: {
    ru: 'Эта покупка уже подтверждена. Её состояние — в истории платежей.',
    en: 'This purchase was confirmed already. The history of payments says how it stands.',
  },
  PurchaseQuoteExpiredError: {
    ru: 'Покупка показана слишком давно. Посчитайте её ещё раз.',
    en: 'The purchase was shown too long ago. Ask for it once more.',
  },
  PurchaseQuoteNotFoundError: {
    ru: 'Такая покупка вам не показывалась. Посчитайте её ещё раз.',
    en: 'No such purchase was shown to you. Ask for it once more.',
  },
  TooManyPurchaseQuotesError: {
    ru: 'Сегодня слишком много запросов. Повторите завтра.',
    en: 'There were too many requests today. Repeat tomorrow.',
  },
  LineNotFoundError: {
    ru: 'Такого номера нет или у вас нет на него прав. Обновите список номеров.',
    en: 'There is no such number, or you have no right to it. Refresh the list of numbers.',
  },
  PaymentNotFoundError: {
    ru: 'Такого платежа картой нет. Проверьте номер и платёж.',
    en: 'There is no such payment by card. Check the line and the payment.',
  },
  ReturnUrlNotAllowedError: {
    ru: 'На этот адрес вернуть нельзя. Укажите адрес на сайте оператора.',
    en: 'Nobody can be sent back to this address. Give one of the operator’s own sites.',
  },
  NotEligibleError: {
    ru: 'Сейчас это сделать нельзя. Причины и что поможет — в списке.',
    en: 'This cannot be done now. The list says why and what would help.',
  },
  OperationInProgressError: {
    ru: 'Этот запрос уже выполняется. Повторите его с тем же ключом через несколько секунд.',
    en: 'This request is being carried out already. Repeat it with the same key in a few seconds.',
  },
  TooManyTransferQuotesError: {
    ru: 'Сегодня слишком много запросов о переводах. Попробуйте завтра.',
    en: 'Too many questions about transfers today. Try tomorrow.',
  },
  TransferAlreadyConfirmedError: {
    ru: 'Этот перевод уже подтверждён. Он есть в истории платежей; для нового запросите его заново.',
    en: 'This transfer was confirmed already. It is in the history of payments; for another, ask anew.',
  },
  TransferQuoteExpiredError: {
    ru: 'Время на подтверждение перевода вышло, деньги на месте. Запросите перевод заново.',
    en: 'The time to confirm this transfer is over, and no money has moved. Ask for it anew.',
  },
  TransferQuoteNotFoundError: {
    ru: 'Такого перевода вам не показывали. Запросите его заново.',
    en: 'You were shown no such transfer. Ask for it anew.',
  },
  ReservationEndedError: {
    ru: 'Эта бронь уже закончилась иначе: см. `state`. Создайте новую.',
    en: 'This reservation has ended otherwise: see `state`. Make a new one.',
  },
  ReservationNotFoundError: {
    ru: 'На этом номере нет такой брони. Проверьте id.',
    en: 'There is no such reservation on this line. Check the id.',
  },
} satisfies Record<string, Translated>

/** An expected refusal as the schema shows it, in the viewer's language. `path` is from `input`. */
export const refusal = createRefusal(MESSAGES)
