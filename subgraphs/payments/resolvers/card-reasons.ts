import type { StoredFailure } from '../actions/card-payments/top-up.ts'
import type { RefundFailed } from '../actions/refunds/refund-rules.ts'
import type { Reason } from './eligibility.ts'
import { memberLimitReached } from './member-limit.ts'
import type { ReasonWords } from './reason-words.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'

/** Why a top-up is refused by rule. */
export function topUpReason({ code, left, max }: StoredFailure, words: ReasonWords): Reason {
  if (code === 'MEMBER_LIMIT') return memberLimitReached(words.money(left))
  if (code === 'DAY_COUNT_REACHED') {
    return {
      code,
      message: {
        ru: `За сутки на номер начато столько пополнений, сколько можно: ${max}.`,
        en: `As many top-ups of the number were begun in a day as there may be: ${max}.`,
      },
      remedy: { ru: 'Попробуйте завтра.', en: 'Try tomorrow.' },
    }
  }
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
