import type { Translated } from '../../../platform/languages.ts'
import type { AutoPaymentObstacle } from '../actions/auto-payments/auto-payment-rules.ts'
import type { LiveBalanceObstacle } from '../actions/live-balance/live-balance-rules.ts'
import type { SpendCapReached } from '../actions/spend-cap/spend-cap-rule.ts'
import { CARD_NOT_FOUND } from './card-reasons.ts'
import type { Reason } from './eligibility.ts'
import { memberLimitReached } from './member-limit.ts'
import type { ReasonWords } from './reason-words.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'
import { type Range, withinRange } from './within-range.ts'

/** Why an automatic payment cannot be set. */
export function autoPaymentReason(obstacle: AutoPaymentObstacle, words: ReasonWords): Reason {
  const { code } = obstacle
  switch (code) {
    case 'AMOUNT_OUT_OF_RANGE':
      return {
        code,
        message: {
          ru: 'Сумма автоплатежа вне допустимых пределов.',
          en: 'The amount of the automatic payment is out of range.',
        },
        remedy: withinRange(obstacle, words),
      }
    case 'THRESHOLD_OUT_OF_RANGE':
      return {
        code,
        message: { ru: 'Порог вне допустимых пределов.', en: 'The threshold is out of range.' },
        remedy: withinRange(obstacle, words),
      }
    case 'CAP_BELOW_AMOUNT': {
      const amount = words.money(obstacle.amount)
      return {
        code,
        message: {
          ru: 'Предел на месяц меньше одного платежа: он не сработает ни разу.',
          en: 'The month’s cap is below a single payment: it would never fire.',
        },
        remedy: { ru: `Укажите предел не меньше ${amount.ru}.`, en: `Give a cap of ${amount.en} at least.` },
      }
    }
    case 'MEMBER_LIMIT': {
      const limit = words.money(obstacle.limit)
      return {
        code,
        message: {
          ru: `Автоплатёж взял бы за месяц больше, чем вам разрешила тратить организация: ${limit.ru}.`,
          en: `The automatic payment could take more in a month than the organization lets you spend: ${limit.en}.`,
        },
        remedy: {
          ru: `Укажите предел на месяц не больше ${limit.ru} или попросите владельца организации увеличить лимит.`,
          en: `Give a cap for the month of ${limit.en} at most, or ask the owner of the organization to raise the limit.`,
        },
      }
    }
    case 'THRESHOLD_OR_SCHEDULE_REQUIRED':
      return {
        code,
        message: { ru: 'Не сказано, когда пополнять.', en: 'It is not said when to top up.' },
        remedy: { ru: 'Укажите порог или расписание.', en: 'Give a threshold or a schedule.' },
      }
    case 'THRESHOLD_AND_SCHEDULE':
      return {
        code,
        message: {
          ru: 'Указаны и порог, и расписание: это два разных автоплатежа.',
          en: 'Both a threshold and a schedule are given: they are two automatic payments.',
        },
        remedy: { ru: 'Настройте их по очереди.', en: 'Set one after the other.' },
      }
    case 'CARD_NOT_FOUND':
      return CARD_NOT_FOUND
  }
}

/** Why a cap cannot be set. */
export function spendCapReason(range: Range, words: ReasonWords): Reason {
  return {
    code: 'AMOUNT_OUT_OF_RANGE',
    message: { ru: 'Предел расходов вне допустимых границ.', en: 'The cap is out of range.' },
    remedy: withinRange(range, words),
  }
}

/** Why something may not be paid for this month. */
export function spendCapReached(reached: SpendCapReached, words: ReasonWords): Reason {
  const until = words.moment(reached.resetsAt)
  return {
    code: reached.code,
    message: howMuchIsLeft(reached, words),
    remedy: reached.isTheirs
      ? {
          ru: `Поднимите или снимите предел либо подождите до ${until.ru}.`,
          en: `Raise or remove the cap, or wait until ${until.en}.`,
        }
      : {
          ru: `Попросите того, кто управляет номером, поднять предел, либо подождите до ${until.ru}.`,
          en: `Ask whoever manages the line to raise the cap, or wait until ${until.en}.`,
        },
  }
}

/** Whoever may not see what the line spends is told nothing of how much it is. */
function howMuchIsLeft({ cap, left }: SpendCapReached, words: ReasonWords): Translated {
  if (cap === null || left === null) {
    return {
      ru: 'Предел расходов номера на месяц не позволяет потратить столько.',
      en: 'The month’s cap of the line does not let so much be spent.',
    }
  }
  const [limit, rest] = [words.money(cap), words.money(left)]
  return {
    ru: `Предел расходов на месяц ${limit.ru}, осталось ${rest.ru}.`,
    en: `The month’s cap is ${limit.en}, of which ${rest.en} is left.`,
  }
}

/** Why the live balance cannot be switched on. */
export function liveBalanceReason(obstacle: LiveBalanceObstacle, words: ReasonWords): Reason {
  switch (obstacle.code) {
    case 'FEE_CHANGED': {
      const fee = words.money(obstacle.fee)
      return {
        code: obstacle.code,
        message: {
          ru: `Плата теперь другая: ${fee.ru} в день.`,
          en: `The fee is another by now: ${fee.en} a day.`,
        },
        remedy: {
          ru: 'Покажите новую плату и включите с ней.',
          en: 'Show the new fee, and switch the service on with it.',
        },
      }
    }
    case 'NOT_ENOUGH_MONEY': {
      const missing = obstacle.missing === null ? null : words.money(obstacle.missing)
      return {
        code: obstacle.code,
        message: { ru: 'На номере не хватает денег.', en: 'There is not enough money on the number.' },
        remedy: missing
          ? { ru: `Пополните номер хотя бы на ${missing.ru}.`, en: `Top up by ${missing.en} at least.` }
          : { ru: 'Пополните номер.', en: 'Top up.' },
      }
    }
    case 'BALANCE_UNDER_REVIEW':
      return BALANCE_UNDER_REVIEW
    case 'MEMBER_LIMIT':
      return memberLimitReached(words.money(obstacle.left))
    case 'SPEND_CAP_REACHED':
      return spendCapReached(obstacle, words)
  }
}

/** Why the live balance cannot be undone. */
export const UNDO_TOO_LATE: Reason = {
  code: 'UNDO_TOO_LATE',
  message: {
    ru: 'Отменить нечего: деньги возвращаются только сразу после платного включения и раз в день.',
    en: 'There is nothing to undo: money comes back only just after switching on for a fee, and once a day.',
  },
  remedy: {
    ru: 'Выключите услугу: со следующего дня списаний не будет.',
    en: 'Switch the service off: from the next day nothing is charged.',
  },
}
