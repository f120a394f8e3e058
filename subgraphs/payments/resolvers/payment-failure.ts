import type { Language, Translated } from '../../../platform/languages.ts'
import type { MerchantRefusal } from '../../../platform/merchants/merchants.ts'
import type { CardFailure } from '../actions/card-payments/failure.ts'
import { MERCHANT_REFUSALS } from './purchase-reasons.ts'

interface Text {
  readonly message: Translated
  readonly remedy: Translated
}

type Failure = CardFailure | MerchantRefusal | 'RECEIVER_CANNOT_BE_CREDITED' | 'TOP_UP_FAILED'

const TEXTS: Readonly<Record<Failure, Text>> = {
  RECEIVER_CANNOT_BE_CREDITED: {
    message: {
      ru: 'Получателю сейчас нельзя зачислить эту сумму. Деньги вернулись на номер.',
      en: 'The receiver cannot be credited with this amount now. The money is back on the line.',
    },
    remedy: { ru: 'Повторите завтра или переведите меньше.', en: 'Repeat tomorrow, or transfer less.' },
  },
  ...MERCHANT_REFUSALS,
  TOP_UP_FAILED: {
    message: { ru: 'Пополнение картой не прошло.', en: 'The top-up by card did not come about.' },
    remedy: { ru: 'Почему — видит тот, кто платил.', en: 'Whoever paid can see why.' },
  },
  INSUFFICIENT_FUNDS: {
    message: {
      ru: 'На карте не хватило денег или превышен её лимит.',
      en: 'The card has too little money or is over its limit.',
    },
    remedy: { ru: 'Пополните карту или заплатите другой.', en: 'Put money on the card, or pay by another.' },
  },
  CARD_EXPIRED: {
    message: { ru: 'Срок действия карты истёк.', en: 'The card has expired.' },
    remedy: { ru: 'Заплатите другой картой.', en: 'Pay by another card.' },
  },
  CONFIRMATION_FAILED: {
    message: { ru: 'Банк не получил подтверждения платежа.', en: 'The bank did not get the payment confirmed.' },
    remedy: { ru: 'Повторите платёж и введите код банка.', en: 'Pay again and type the code from the bank.' },
  },
  EXPIRED: {
    message: { ru: 'Время на оплату вышло.', en: 'The time to pay is over.' },
    remedy: {
      ru: 'Начните платёж заново. Если деньги списаны, они придут на счёт.',
      en: 'Begin again. If money was taken, it will come onto the line.',
    },
  },
  CARD_NOT_USABLE: {
    message: { ru: 'Этой картой заплатить нельзя.', en: 'This card cannot be paid with.' },
    remedy: { ru: 'Заплатите другой картой или спросите свой банк.', en: 'Pay by another card, or ask your bank.' },
  },
  DECLINED: {
    message: { ru: 'Банк отклонил платёж.', en: 'The bank declined the payment.' },
    remedy: { ru: 'Спросите свой банк или заплатите другой картой.', en: 'Ask your bank, or pay by another card.' },
  },
  NOT_ACCEPTED: {
    message: {
      ru: 'Платёж не был принят. Деньги не списаны.',
      en: 'The payment was not accepted. No money was taken.',
    },
    remedy: { ru: 'Попробуйте ещё раз позже.', en: 'Try again later.' },
  },
}

/** Why a payment brought no money, for people; a code of another kind of payment is told as a refusal. */
export function describeFailure(code: string, language: Language) {
  const { message, remedy } = TEXTS[code as Failure] ?? TEXTS.DECLINED
  return { code, message: message[language], remedy: remedy[language] }
}
