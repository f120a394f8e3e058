import { unreachable } from '../../../platform/invariant.ts'
import type { MerchantRefusal } from '../../../platform/merchants/merchants.ts'
import type { FailedPurchaseRule } from '../actions/purchases/rules.ts'
import { fromKept } from '../actions/spend-cap/spend-cap-rule.ts'
import type { Reason } from './eligibility.ts'
import { memberLimitReached } from './member-limit.ts'
import type { ReasonWords } from './reason-words.ts'
import { spendCapReached } from './recurring-reasons.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'

/** Why a merchant does not take a payment, and what would mend it. */
export const MERCHANT_REFUSALS = {
  REFERENCE_UNKNOWN: {
    message: { ru: 'Получатель не знает такого счёта.', en: 'The merchant does not know such an account.' },
    remedy: { ru: 'Проверьте его по договору или квитанции.', en: 'Check it against the contract or a bill.' },
  },
  ACCOUNT_INACTIVE: {
    message: { ru: 'Этот счёт у получателя закрыт.', en: 'This account is closed at the merchant.' },
    remedy: { ru: 'Обратитесь к получателю.', en: 'Ask the merchant.' },
  },
  AMOUNT_REFUSED: {
    message: { ru: 'Получатель не принимает такую сумму.', en: 'The merchant does not take such an amount.' },
    remedy: { ru: 'Укажите другую сумму.', en: 'Name another amount.' },
  },
  PAYMENT_REFUSED: {
    message: { ru: 'Получатель не принимает этот платёж.', en: 'The merchant does not take this payment.' },
    remedy: { ru: 'Обратитесь к получателю.', en: 'Ask the merchant.' },
  },
} satisfies Readonly<Record<MerchantRefusal, Omit<Reason, 'code'>>>

/** What stands against a purchase and what would mend it, for people. */
export function purchaseReason(failed: FailedPurchaseRule, words: ReasonWords): Reason {
  if (failed.code === 'BALANCE_UNDER_REVIEW') return BALANCE_UNDER_REVIEW
  if (failed.code === 'NOT_ENOUGH_MONEY') return notEnoughMoney(failed, words)
  if ('kopecks' in failed) return amountReason(failed, words)
  if (failed.code === 'SPEND_CAP_REACHED') return spendCapReached(fromKept(failed), words)
  if (failed.code !== 'SIM_CHANGED') return { code: failed.code, ...MERCHANT_REFUSALS[failed.code] }
  const until = words.moment(failed.until)
  return {
    code: failed.code,
    message: {
      ru: `SIM-карту недавно заменили, поэтому платежи закрыты до ${until.ru}.`,
      en: `The SIM was changed lately, so payments are held until ${until.en}.`,
    },
    remedy: {
      ru: 'Подождите. Если SIM-карту заменили не вы, сразу заблокируйте номер и позвоните нам.',
      en: 'Wait. If it was not you who changed the SIM, block the number at once and call us.',
    },
  }
}

/** Whoever may not see the balance is told nothing of how much it is. */
function notEnoughMoney(
  { code, kopecks, total }: Extract<FailedPurchaseRule, { code: 'NOT_ENOUGH_MONEY' }>,
  words: ReasonWords,
): Reason {
  const sum = kopecks === null ? null : words.money(kopecks)
  const needed = total === undefined ? null : words.money(total)
  const [start, begin] = needed
    ? [`Нужно ${needed.ru} с комиссией, а собственных`, `${needed.en} is needed with the fee, and the line`]
    : ['Собственных', 'The line']
  return {
    code,
    message: {
      ru: `${start} денег на номере ${sum?.ru ?? 'не хватает'}: обещанный платёж и баллы для этого не годятся.`,
      en: `${begin} has ${sum?.en ?? 'too little'} of its own: promised money and points do not count here.`,
    },
    remedy: { ru: 'Пополните баланс.', en: 'Top up.' },
  }
}

type FailedAmountRule = Exclude<Extract<FailedPurchaseRule, { kopecks: unknown }>, { code: 'NOT_ENOUGH_MONEY' }>

function amountReason({ code, kopecks }: FailedAmountRule, words: ReasonWords): Reason {
  const sum = words.money(kopecks)
  switch (code) {
    case 'AMOUNT_TOO_SMALL':
      return {
        code,
        message: { ru: 'Сумма слишком мала для этого получателя.', en: 'The amount is too small for this merchant.' },
        remedy: { ru: `Заплатите не меньше ${sum.ru}.`, en: `Pay ${sum.en} at least.` },
      }
    case 'AMOUNT_TOO_LARGE':
      return {
        code,
        message: { ru: 'Сумма слишком велика для этого получателя.', en: 'The amount is too large for this merchant.' },
        remedy: { ru: `Заплатите не больше ${sum.ru} за раз.`, en: `Pay ${sum.en} at most at once.` },
      }
    case 'MEMBER_LIMIT':
      return memberLimitReached(sum)
    default:
      return unreachable(code)
  }
}
