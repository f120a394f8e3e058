import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { notEligible } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { inWords } from './reason-words.ts'
import { autoPaymentReason, liveBalanceReason, spendCapReason, UNDO_TOO_LATE } from './recurring-reasons.ts'
import { refusal } from './refusal.ts'

/** The mutations of what comes round by itself. */
export const recurringMutations = {
  setAutoPayment: async (_, { input }, context) => {
    const { language } = context.viewer
    const { threshold = null, schedule = null, monthlyCap = null } = input
    const outcome = await context.setAutoPayment({ ...input, threshold, schedule, monthlyCap }, context)
    switch (outcome.kind) {
      case 'set':
        return { __typename: 'SetAutoPaymentSuccess', autoPayment: outcome.autoPayment }
      case 'invalidAmount':
        return refusal('InvalidAmountError', language, [outcome.at])
      case 'notEligible':
        return notEligible(await inWords(context, outcome.obstacles, autoPaymentReason), language)
      case 'lineNotFound':
        return refusal('LineNotFoundError', language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  disableAutoPayment: async (_, { input }, context) => {
    const { language } = context.viewer
    const outcome = await context.disableAutoPayment(input, context)
    switch (outcome.kind) {
      case 'disabled':
        return { __typename: 'DisableAutoPaymentSuccess', autoPayment: outcome.autoPayment }
      case 'autoPaymentNotFound':
        return refusal('AutoPaymentNotFoundError', language, ['autoPaymentId'])
      case 'lineNotFound':
        return refusal('LineNotFoundError', language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  setSpendCap: async (_, { input }, context) => {
    const { language } = context.viewer
    const outcome = await context.setSpendCap(input, context)
    switch (outcome.kind) {
      case 'set':
        return { __typename: 'SetSpendCapSuccess', line: { id: outcome.lineId } }
      case 'invalidAmount':
        return refusal('InvalidAmountError', language, ['monthlyAmount'])
      case 'amountOutOfRange':
        return notEligible(await inWords(context, [outcome], spendCapReason), language, ['monthlyAmount'])
      case 'lineNotFound':
        return refusal('LineNotFoundError', language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  removeSpendCap: async (_, { input }, context) => {
    const outcome = await context.removeSpendCap(input, context)
    return outcome.kind === 'removed'
      ? { __typename: 'RemoveSpendCapSuccess', line: { id: outcome.lineId } }
      : refusal('LineNotFoundError', context.viewer.language, ['lineId'])
  },

  enableLiveBalance: async (_, { input }, context) => {
    const { language } = context.viewer
    const outcome = await context.enableLiveBalance(input, context)
    switch (outcome.kind) {
      case 'enabled':
        return { __typename: 'EnableLiveBalanceSuccess', line: { id: outcome.lineId } }
      case 'invalidAmount':
        return refusal('InvalidAmountError', language, ['dailyFee'])
      case 'notEligible':
        return notEligible(await inWords(context, outcome.obstacles, liveBalanceReason), language)
      case 'lineNotFound':
        return refusal('LineNotFoundError', language, ['lineId'])
      default:
        return keyRefusal(outcome, language)
    }
  },

  undoLiveBalance: async (_, { input }, context) => {
    const { language } = context.viewer
    const outcome = await context.undoLiveBalance(input, context)
    switch (outcome.kind) {
      case 'undone':
        return { __typename: 'UndoLiveBalanceSuccess', line: { id: outcome.lineId } }
      case 'tooLate':
        return notEligible([UNDO_TOO_LATE], language)
      case 'lineNotFound':
        return refusal('LineNotFoundError', language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  disableLiveBalance: async (_, { input }, context) => {
    const outcome = await context.disableLiveBalance(input, context)
    return outcome.kind === 'disabled'
      ? { __typename: 'DisableLiveBalanceSuccess', line: { id: outcome.lineId } }
      : refusal('LineNotFoundError', context.viewer.language, ['lineId'])
  },
} satisfies MutationResolvers
