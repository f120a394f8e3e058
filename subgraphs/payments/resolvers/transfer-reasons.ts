import { unreachable } from '../../../platform/invariant.ts'
import type { Translated } from '../../../platform/languages.ts'
import { fromKept } from '../actions/spend-cap/spend-cap-rule.ts'
import type { FailedTransferRule } from '../actions/transfers/rules.ts'
import type { Reason } from './eligibility.ts'
import { memberLimitReached } from './member-limit.ts'
import type { ReasonWords } from './reason-words.ts'
import { spendCapReached } from './recurring-reasons.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'

/** What stands against a transfer and what would mend it, for people. */
export function transferReason(failed: FailedTransferRule, words: ReasonWords): Reason {
  const { code } = failed
  switch (code) {
    case 'RECEIVER_NOT_FOUND':
      return {
        code,
        message: {
          ru: 'Этот телефон не принадлежит нашему абоненту, которому можно перевести деньги.',
          en: 'This telephone number is no subscriber’s of ours to whom money can be transferred.',
        },
        remedy: { ru: 'Проверьте цифры.', en: 'Check the digits.' },
      }
    case 'SAME_LINE':
      return {
        code,
        message: { ru: 'Перевести деньги самому себе нельзя.', en: 'Money cannot be transferred to the same number.' },
        remedy: { ru: 'Укажите другой номер.', en: 'Name another number.' },
      }
    case 'SIM_CHANGED': {
      const until = words.moment(failed.until)
      return {
        code,
        message: {
          ru: `SIM-карту недавно заменили, поэтому переводы закрыты до ${until.ru}.`,
          en: `The SIM was changed lately, so transfers are held until ${until.en}.`,
        },
        remedy: {
          ru: 'Подождите. Если SIM-карту заменили не вы, сразу заблокируйте номер и позвоните нам.',
          en: 'Wait. If it was not you who changed the SIM, block the number at once and call us.',
        },
      }
    }
    case 'BALANCE_UNDER_REVIEW':
      return BALANCE_UNDER_REVIEW
    case 'NOT_ENOUGH_MONEY':
      return notEnoughMoney(failed, words)
    case 'DAY_LIMIT':
      return dayLimit(failed, words)
    case 'SPEND_CAP_REACHED':
      return spendCapReached(fromKept(failed), words)
    default:
      return amountReason(failed, words)
  }
}

/** Whoever may not see the balance is told nothing of how much it is. */
function notEnoughMoney(
  { code, kopecks }: Extract<FailedTransferRule, { code: 'NOT_ENOUGH_MONEY' }>,
  words: ReasonWords,
): Reason {
  const sum = kopecks === null ? null : words.money(kopecks)
  return {
    code,
    message: {
      ru: `Собственных денег не хватает${sum ? `: перевести можно ${sum.ru}` : ''}. Обещанный платёж и баллы не переводятся.`,
      en: `There is not enough money of your own${sum ? `: ${sum.en} can be sent` : ''}. Promised money and points are not sent.`,
    },
    remedy: sum === null || kopecks === '0' ? { ru: 'Пополните баланс.', en: 'Top up.' } : atMost(sum),
  }
}

/** Whoever may not see what the line spends is not told what was sent today. */
function dayLimit({ code, kopecks }: Extract<FailedTransferRule, { code: 'DAY_LIMIT' }>, words: ReasonWords): Reason {
  if (kopecks === null) {
    return {
      code,
      message: {
        ru: 'Дневной лимит переводов номера не позволяет перевести столько.',
        en: 'The limit of the line’s transfers in a day does not let so much be sent.',
      },
      remedy: { ru: 'Переведите меньше или подождите до завтра.', en: 'Transfer less, or wait until tomorrow.' },
    }
  }
  const sum = words.money(kopecks)
  return {
    code,
    message: {
      ru: `Дневной лимит переводов: сегодня можно перевести ещё ${sum.ru}.`,
      en: `The limit of transfers in a day: ${sum.en} more can be sent today.`,
    },
    remedy: kopecks === '0' ? { ru: 'Подождите до завтра.', en: 'Wait until tomorrow.' } : atMost(sum),
  }
}

function atMost(sum: Translated): Translated {
  return { ru: `Переведите не больше ${sum.ru}.`, en: `Transfer ${sum.en} at most.` }
}

type FailedAmountRule = Exclude<
  Extract<FailedTransferRule, { kopecks: unknown }>,
  { code: 'NOT_ENOUGH_MONEY' | 'DAY_LIMIT' }
>

function amountReason({ code, kopecks }: FailedAmountRule, words: ReasonWords): Reason {
  const sum = words.money(kopecks)
  switch (code) {
    case 'AMOUNT_TOO_SMALL':
      return {
        code,
        message: { ru: 'Сумма перевода слишком мала.', en: 'The amount is too small to transfer.' },
        remedy: { ru: `Переведите не меньше ${sum.ru}.`, en: `Transfer ${sum.en} at least.` },
      }
    case 'AMOUNT_TOO_LARGE':
      return {
        code,
        message: {
          ru: 'Сумма больше, чем можно перевести за раз.',
          en: 'The amount is more than can be sent at once.',
        },
        remedy: atMost(sum),
      }
    case 'MEMBER_LIMIT':
      return memberLimitReached(sum)
    default:
      return unreachable(code)
  }
}
