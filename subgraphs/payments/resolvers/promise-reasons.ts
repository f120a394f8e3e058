import { unreachable } from '../../../platform/invariant.ts'
import type { FailedPromiseRule } from '../actions/promised-payments/rules.ts'
import { fromKept } from '../actions/spend-cap/spend-cap-rule.ts'
import type { Reason } from './eligibility.ts'
import { memberLimitReached } from './member-limit.ts'
import type { ReasonWords } from './reason-words.ts'
import { spendCapReached } from './recurring-reasons.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'

/** What stands against a promised payment and what would mend it, for people. */
export function promiseReason(failed: FailedPromiseRule, words: ReasonWords): Reason {
  const { code } = failed
  switch (code) {
    case 'PROMISED_PAYMENT_ACTIVE': {
      const until = words.moment(failed.until)
      return {
        code,
        message: {
          ru: `Обещанный платёж уже взят, его срок — ${until.ru}.`,
          en: `A promised payment was taken already; it is due ${until.en}.`,
        },
        remedy: {
          ru: 'Пополните баланс: он вернётся, и можно будет взять новый.',
          en: 'Top up: it is taken back then, and another can be had.',
        },
      }
    }
    case 'BALANCE_UNDER_REVIEW':
      return BALANCE_UNDER_REVIEW
    case 'SPEND_CAP_REACHED':
      return spendCapReached(fromKept(failed), words)
    case 'NEW_SUBSCRIBER':
      return {
        code,
        message: {
          ru: `Номер подключён меньше ${failed.days} дней назад, а на балансе нет денег.`,
          en: `The number was put into service less than ${failed.days} days ago, and the balance is not above zero.`,
        },
        remedy: { ru: 'Пополните баланс, чтобы он был больше нуля.', en: 'Top up, so that the balance is above zero.' },
      }
    default:
      return amountReason(failed, words)
  }
}

type FailedAmountRule = Extract<FailedPromiseRule, { kopecks: string }>

function amountReason({ code, kopecks }: FailedAmountRule, words: ReasonWords): Reason {
  const sum = words.money(kopecks)
  switch (code) {
    case 'AMOUNT_TOO_SMALL':
      return {
        code,
        message: { ru: 'Сумма слишком мала.', en: 'The amount is too small.' },
        remedy: { ru: `Возьмите не меньше ${sum.ru}.`, en: `Take ${sum.en} at least.` },
      }
    case 'AMOUNT_TOO_LARGE':
      return {
        code,
        message: {
          ru: `По вашим расходам за последнее время можно взять до ${sum.ru}.`,
          en: `By what you have spent lately you can take up to ${sum.en}.`,
        },
        remedy: { ru: `Возьмите не больше ${sum.ru}.`, en: `Take ${sum.en} at most.` },
      }
    case 'BALANCE_TOO_LOW':
      return {
        code,
        message: { ru: `Баланс ниже ${sum.ru}.`, en: `The balance is below ${sum.en}.` },
        remedy: { ru: 'Пополните баланс.', en: 'Top up.' },
      }
    case 'MEMBER_LIMIT':
      return memberLimitReached(sum)
    default:
      return unreachable(code)
  }
}
