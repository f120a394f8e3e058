import type { StoredFailure } from '../actions/card-payments/stored-failure.ts'
import type { RefundFailed } from '../actions/refunds/refund-rules.ts'
import type { Reason } from './eligibility.ts'
import { memberLimitReached } from './member-limit.ts'
import type { ReasonWords } from './reason-words.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'
import { withinRange } from './within-range.ts'

/** Why a saved card cannot pay. */
export const CARD_NOT_FOUND: Reason = {
  code: 'CARD_NOT_FOUND',
  message: {
    ru: 'В вашем кабинете нет такой карты, или она недействительна.',
    en: 'Your cabinet has no such card, or it is no longer good.',
  },
  remedy: {
    ru: 'Пополните номер картой и сохраните её, затем выберите из списка.',
    en: 'Top up by a card and save it, then choose it from the list.',
  },
}

/** Why a top-up is refused by rule. */
export function topUpReason(failed: StoredFailure, words: ReasonWords): Reason {
  switch (failed.code) {
    case 'AMOUNT_OUT_OF_RANGE':
      return {
        code: failed.code,
        message: { ru: 'Сумма пополнения вне допустимых пределов.', en: 'The amount of the top-up is out of range.' },
        remedy: withinRange(failed, words),
      }
    case 'CARD_NOT_FOUND':
      return CARD_NOT_FOUND
    case 'MEMBER_LIMIT':
      return memberLimitReached(words.money(failed.left))
    case 'DAY_COUNT_REACHED':
      return {
        code: failed.code,
        message: {
          ru: `За сутки на номер начато столько пополнений, сколько можно: ${failed.max}.`,
          en: `As many top-ups of the number were begun in a day as there may be: ${failed.max}.`,
        },
        remedy: { ru: 'Попробуйте завтра.', en: 'Try tomorrow.' },
      }
    case 'DAY_AMOUNT_REACHED':
      return dayAmountReached(failed, words)
  }
}

type DayAmountReached = Extract<StoredFailure, { readonly left: string }>

function dayAmountReached({ code, left, max }: DayAmountReached, words: ReasonWords): Reason {
  const [leftAmount, maxAmount] = [words.money(left), words.money(max)]
  return {
    code,
    message: {
      ru: `На номер можно положить картой не больше ${maxAmount.ru} за сутки, осталось ${leftAmount.ru}.`,
      en: `No more than ${maxAmount.en} may come onto a number by card in a day; ${leftAmount.en} is left.`,
    },
    remedy: { ru: 'Уменьшите сумму или попробуйте завтра.', en: 'Make the amount smaller, or try tomorrow.' },
  }
}

const REFUND_REASONS: Readonly<Record<RefundFailed, Omit<Reason, 'code'>>> = {
  PAYMENT_NOT_PAID: {
    message: {
      ru: 'Этот платёж не оплачен картой или уже возвращён.',
      en: 'This payment was not paid by card, or is back already.',
    },
    remedy: {
      ru: 'Выберите оплаченное картой пополнение, которое ещё не возвращено целиком.',
      en: 'Choose a top-up that was paid by card and is not all back yet.',
    },
  },
  MORE_THAN_PAID: {
    message: { ru: 'Столько по этому платежу не осталось.', en: 'So much is not left of this payment.' },
    remedy: { ru: 'Уменьшите сумму.', en: 'Make the amount smaller.' },
  },
  MONEY_IS_SPENT: {
    message: {
      ru: 'Столько денег на номере нет: они потрачены или отложены.',
      en: 'The number does not have so much: it is spent or set aside.',
    },
    remedy: { ru: 'Верните только то, что осталось на номере.', en: 'Give back what is left on the number only.' },
  },
  BALANCE_UNDER_REVIEW,
}

/** Why a refund is refused by rule. */
export function refundReason(code: RefundFailed): Reason {
  return { ...REFUND_REASONS[code], code }
}
