import { unreachable } from '../../../platform/invariant.ts'
import { toMoney } from '../../../platform/money.ts'
import type { StoredFailure } from '../actions/card-payments/stored-failure.ts'
import type { Context } from '../context.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { CARD_NOT_FOUND, refundReason, topUpReason } from './card-reasons.ts'
import { notEligible, toReasons } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { inWords } from './reason-words.ts'
import { refusal } from './refusal.ts'

export const cardMutations: Pick<MutationResolvers, 'topUp' | 'removeCard' | 'refundPayment'> = {
  topUp: async (_, { input }, context) => {
    const { cards, viewer, grant, currencyCode } = context
    const { language } = viewer
    const { cardId, isCardSaved, ...rest } = input
    const outcome = await cards.topUp(
      { ...rest, cardId: cardId ?? null, isCardSaved: isCardSaved ?? false },
      { viewer, grant },
    )
    switch (outcome.kind) {
      case 'begun':
        return { __typename: 'TopUpSuccess', payment: outcome.payment }
      case 'lineNotFound':
        return refusal('LineNotFoundError', language, ['lineId'])
      case 'invalidAmount':
        return refusal('InvalidAmountError', language, ['amount'])
      case 'amountOutOfRange': {
        const { minKopecks: min, maxKopecks: max, failed } = outcome
        return {
          ...refusal('AmountOutOfRangeError', language, ['amount']),
          min: toMoney(BigInt(min), currencyCode),
          max: toMoney(BigInt(max), currencyCode),
          reasons: await beside(context, failed, { code: 'AMOUNT_OUT_OF_RANGE', min, max }),
        }
      }
      case 'returnUrlNotAllowed':
        return refusal('ReturnUrlNotAllowedError', language, ['returnUrl'])
      case 'cardNotFound':
        return {
          ...refusal('CardNotFoundError', language, ['cardId']),
          reasons: await beside(context, outcome.failed, { code: 'CARD_NOT_FOUND' }),
        }
      case 'cardPaymentsUnavailable':
        return refusal('CardPaymentsUnavailableError', language, [])
      case 'notEligible':
        return notEligible(await inWords(context, outcome.failed, topUpReason), language, ['amount'])
      case 'invalidIdempotencyKey':
      case 'idempotencyKeyReused':
      case 'operationInProgress':
        return keyRefusal(outcome, language)
      default:
        return unreachable(outcome)
    }
  },

  removeCard: async (_, { input }, { cards, viewer }) => {
    const outcome = await cards.removeCard(input, viewer)
    switch (outcome.kind) {
      case 'removed':
        return { __typename: 'RemoveCardSuccess', cardId: outcome.cardId }
      case 'cardNotFound':
        return {
          ...refusal('CardNotFoundError', viewer.language, ['cardId']),
          reasons: toReasons([CARD_NOT_FOUND], viewer.language),
        }
      default:
        return unreachable(outcome)
    }
  },

  refundPayment: async (_, { input }, { cards, viewer, currencyCode }) => {
    const { language } = viewer
    const outcome = await cards.refundPayment({ ...input, amount: input.amount ?? null }, viewer)
    switch (outcome.kind) {
      case 'begun': {
        const { id, status, amount } = outcome.refund
        return {
          __typename: 'RefundPaymentSuccess',
          refund: { id, status, amount: toMoney(amount, currencyCode) },
          payment: outcome.payment,
        }
      }
      case 'paymentNotFound':
        return refusal('PaymentNotFoundError', language, ['paymentId'])
      case 'invalidAmount':
        return refusal('InvalidAmountError', language, ['amount'])
      case 'cardPaymentsUnavailable':
        return refusal('CardPaymentsUnavailableError', language, [])
      case 'notEligible':
        return notEligible(outcome.failed.map(refundReason), language, ['amount'])
      case 'invalidIdempotencyKey':
      case 'idempotencyKeyReused':
      case 'operationInProgress':
        return keyRefusal(outcome, language)
      default:
        return unreachable(outcome)
    }
  },
}

/** All that stands against a top-up; a client's key may have kept no more than the first of it. */
async function beside(
  context: Context,
  failed: readonly StoredFailure[] | undefined,
  first: StoredFailure,
): Promise<ReturnType<typeof toReasons>> {
  return toReasons(await inWords(context, failed ?? [first], topUpReason), context.viewer.language)
}
