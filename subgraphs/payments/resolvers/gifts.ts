import { unreachable } from '../../../platform/invariant.ts'
import type { Translated } from '../../../platform/languages.ts'
import type { FailedGiftRule } from '../actions/bonus/gift-rules.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { notEligible, type Reason } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { inWords, type ReasonWords } from './reason-words.ts'
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
        return notEligible(await inWords(context, outcome.failed, giftReason), viewer.language)
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
    message: {
      ru: 'Дневной лимит подарков: сегодня можно подарить ещё %.',
      en: 'The limit of gifts in a day: % more can be given today.',
    },
    remedy: { ru: 'Подарите меньше или подождите до завтра.', en: 'Give fewer, or wait until tomorrow.' },
  },
  NOT_ENOUGH_POINTS: {
    message: {
      ru: 'Столько баллов нет: подарить можно %.',
      en: 'There are not so many points: % can be given.',
    },
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

/** What helps where nothing can be given. */
const REMEDIES_WITHOUT_ANY: Readonly<Partial<Record<FailedGiftRule['code'], Translated>>> = {
  GIFT_DAY_LIMIT: { ru: 'Подождите до завтра.', en: 'Wait until tomorrow.' },
  NOT_ENOUGH_POINTS: {
    ru: 'Накопите ещё: баллы начисляются за траты на услуги.',
    en: 'Collect more: points are given for what is spent on services.',
  },
}

/** For whoever may not see how many points there are. */
const UNSEEN: Readonly<Record<'NOT_ENOUGH_POINTS' | 'GIFT_DAY_LIMIT', Texts>> = {
  NOT_ENOUGH_POINTS: {
    message: { ru: 'Столько баллов нет.', en: 'There are not so many points.' },
    remedy: { ru: 'Подарите меньше или накопите ещё.', en: 'Give fewer, or collect more.' },
  },
  GIFT_DAY_LIMIT: {
    message: {
      ru: 'Дневной лимит подарков не позволяет подарить столько.',
      en: 'The limit of gifts in a day does not let so many be given.',
    },
    remedy: TEXTS.GIFT_DAY_LIMIT.remedy,
  },
}

/** What stands against a gift and what would mend it, for people. */
function giftReason(failed: FailedGiftRule, words: ReasonWords): Reason {
  const { code } = failed
  if (code === 'BALANCE_UNDER_REVIEW') return BALANCE_UNDER_REVIEW
  const isOfWhatThereIs = failed.code === 'NOT_ENOUGH_POINTS' || failed.code === 'GIFT_DAY_LIMIT'
  if (isOfWhatThereIs && failed.points === null) return { code, ...UNSEEN[failed.code] }
  const named = nameIn(failed, words)
  const name = (text: Translated): Translated => ({
    ru: text.ru.replace('%', named.ru),
    en: text.en.replace('%', named.en),
  })
  const { message, remedy } = TEXTS[code]
  const withoutAny = named.ru === '0' ? REMEDIES_WITHOUT_ANY[code] : undefined
  return { code, message: name(message), remedy: withoutAny ?? name(remedy) }
}

function nameIn(failed: FailedGiftRule, words: ReasonWords): Translated {
  if ('until' in failed) return words.moment(failed.until)
  const named = 'points' in failed ? (failed.points ?? '') : ''
  return { ru: named, en: named }
}
