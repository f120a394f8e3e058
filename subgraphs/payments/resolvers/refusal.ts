import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
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
  InvalidIdempotencyKeyError: {
    ru: 'Ключ повтора должен быть длиной от 1 до 100 знаков.',
    en: 'The idempotency key must be 1 to 100 characters long.',
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
} satisfies Record<string, Translated>

/** An expected refusal as the schema shows it, in the viewer's language. `path` is from `input`. */
export function refusal<Name extends keyof typeof MESSAGES>(
  name: Name,
  language: Language,
  path: readonly string[],
): { __typename: Name; message: string; path: string[] } {
  return { __typename: name, message: MESSAGES[name][language], path: [...path] }
}
