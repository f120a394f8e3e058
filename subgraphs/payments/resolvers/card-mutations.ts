import { unreachable } from '../../../platform/invariant.ts'
import { toMoney } from '../../../platform/money.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refundReason, topUpReason } from './card-reasons.ts'
import { notEligible } from './eligibility.ts'
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
      case 'amountOutOfRange':
        return {
          ...refusal('AmountOutOfRangeError', language, ['amount']),
          min: toMoney(BigInt(outcome.minKopecks), currencyCode),
          max: toMoney(BigInt(outcome.maxKopecks), currencyCode),
        }
      case 'returnUrlNotAllowed':
        return refusal('ReturnUrlNotAllowedError', language, ['returnUrl'])
      case 'cardNotFound':
        return refusal('CardNotFoundError', language, ['cardId'])
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
        return refusal('CardNotFoundError', viewer.language, ['cardId'])
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
