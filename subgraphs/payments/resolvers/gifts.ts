import { unreachable } from '../../../platform/invariant.ts'
import type { Translated } from '../../../platform/languages.ts'
import type { FailedGiftRule } from '../actions/bonus/gift-rules.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { notEligible, type Reason } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { refusal } from './refusal.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'

export const giftMutations: Pick<MutationResolvers, 'giveBonusPoints'> = {
  giveBonusPoints: async (_, { input }, context) => {
    const { viewer } = context
    const outcome = await context.givePoints(input, context)
    switch (outcome.kind) {
      case 'given':
        return { __typename: 'GiveBonusPointsSuccess', line: { id: outcome.lineId }, points: Number(outcome.points) }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['fromLineId'])
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', viewer.language, ['toPhone'])
      case 'tooManyRequests':
        return { ...refusal('TooManyTransferQuotesError', viewer.language, []), retryAt: outcome.retryAt }
      case 'notEligible':
        return notEligible(outcome.failed.map(giftReason), viewer.language)
      case 'invalidIdempotencyKey':
      case 'idempotencyKeyReused':
      case 'operationInProgress':
        return keyRefusal(outcome, viewer.language)
      default:
        return unreachable(outcome)
    }
  },
}

interface Texts {
  readonly message: Translated
  readonly remedy: Translated
}

/** `%` stands for what the rule names: points, or a moment. */
const TEXTS: Readonly<Record<Exclude<FailedGiftRule['code'], 'BALANCE_UNDER_REVIEW'>, Texts>> = {
  RECEIVER_NOT_FOUND: {
    message: { ru: 'Этот телефон не принадлежит нашему абоненту.', en: 'This number is no subscriber’s of ours.' },
    remedy: { ru: 'Проверьте цифры.', en: 'Check the digits.' },
  },
  SAME_LINE: {
    message: { ru: 'Подарить баллы самому себе нельзя.', en: 'Points cannot be given to the same number.' },
    remedy: { ru: 'Укажите другой номер.', en: 'Name another number.' },
  },
  TOO_FEW_POINTS: {
    message: { ru: 'Баллов слишком мало для подарка.', en: 'These are too few points to give.' },
    remedy: { ru: 'Подарите не меньше: %.', en: 'Give at least: %.' },
  },
  TOO_MANY_POINTS: {
    message: { ru: 'Столько баллов за раз подарить нельзя.', en: 'These are too many points to give at once.' },
    remedy: { ru: 'Подарите не больше: %.', en: 'Give at most: %.' },
  },
  GIFT_DAY_LIMIT: {
    message: { ru: 'Дневной лимит подарков: осталось %.', en: 'The limit of gifts in a day: % are left.' },
    remedy: { ru: 'Подарите меньше или подождите до завтра.', en: 'Give fewer, or wait until tomorrow.' },
  },
  NOT_ENOUGH_POINTS: {
    message: { ru: 'Столько баллов нет: свободно %.', en: 'There are not so many points: % are free.' },
    remedy: { ru: 'Подарите меньше.', en: 'Give fewer.' },
  },
  SIM_CHANGED: {
    message: {
      ru: 'SIM-карту недавно заменили, поэтому подарки закрыты до %.',
      en: 'The SIM was changed lately, so gifts are held until %.',
    },
    remedy: {
      ru: 'Подождите. Если SIM-карту заменили не вы, сразу заблокируйте номер и позвоните нам.',
      en: 'Wait. If it was not you who changed the SIM, block the number at once and call us.',
    },
  },
}

/** What stands against a gift and what would mend it, for people. */
function giftReason(failed: FailedGiftRule): Reason {
  if (failed.code === 'BALANCE_UNDER_REVIEW') return BALANCE_UNDER_REVIEW
  const named = nameIn(failed)
  const name = ({ ru, en }: Translated): Translated => ({ ru: ru.replace('%', named), en: en.replace('%', named) })
  const { message, remedy } = TEXTS[failed.code]
  return { code: failed.code, message: name(message), remedy: name(remedy) }
}

function nameIn(failed: FailedGiftRule): string {
  if ('points' in failed) return failed.points
  return 'until' in failed ? toMinute(failed.until) : ''
}

function toMinute(isoText: string): string {
  return `${isoText.slice(0, 16).replace('T', ' ')} UTC`
}
