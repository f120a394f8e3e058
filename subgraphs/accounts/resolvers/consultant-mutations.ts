import { invariant, unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'

/** What customers do with the consultant. */
export const consultantMutations = {
  askConsultant: async (_, { input }, { consultant, grant, viewer }) => {
    const { language } = viewer
    const command = {
      ...input,
      conversationId: input.conversationId ?? null,
      accountId: own(grant.accountId),
      language,
    }
    const outcome = await consultant.ask(command)
    switch (outcome.kind) {
      case 'asked': {
        const { conversation, question, answer } = outcome
        return { __typename: 'AskConsultantSuccess', conversation, question, answer }
      }
      case 'invalidText':
        return { ...refusal('InvalidConversationTextError', language, ['text']), lengthMax: outcome.lengthMax }
      case 'invalidIdempotencyKey':
        return refusal('InvalidIdempotencyKeyError', language, ['idempotencyKey'])
      case 'idempotencyKeyReused':
        return refusal('IdempotencyKeyReusedError', language, ['idempotencyKey'])
      case 'conversationNotFound':
        return refusal('ConversationNotFoundError', language, ['conversationId'])
      case 'conversationClosed':
        return refusal('ConversationClosedError', language, ['conversationId'])
      case 'tooManyQuestions':
        return { ...refusal('TooManyQuestionsError', language, []), retryAt: outcome.retryAt }
      default:
        return unreachable(outcome)
    }
  },

  requestConsultant: async (_, { input }, { consultant, grant, viewer }) => {
    const outcome = await consultant.request({ ...input, accountId: own(grant.accountId) })
    switch (outcome.kind) {
      case 'requested':
        return { __typename: 'RequestConsultantSuccess', conversation: outcome.conversation }
      case 'conversationNotFound':
        return refusal('ConversationNotFoundError', viewer.language, ['conversationId'])
      case 'conversationClosed':
        return refusal('ConversationClosedError', viewer.language, ['conversationId'])
      default:
        return unreachable(outcome)
    }
  },

  rateConversation: async (_, { input }, { consultant, grant, viewer: { language } }) => {
    const command = { ...input, comment: input.comment ?? null, accountId: own(grant.accountId) }
    const outcome = await consultant.rate(command)
    switch (outcome.kind) {
      case 'rated':
        return { __typename: 'RateConversationSuccess', conversation: outcome.conversation }
      case 'invalidScore':
        return refusal('InvalidRatingError', language, ['score'])
      case 'invalidText':
        return { ...refusal('InvalidConversationTextError', language, ['comment']), lengthMax: outcome.lengthMax }
      case 'conversationNotFound':
        return refusal('ConversationNotFoundError', language, ['conversationId'])
      case 'conversationNotAnswered':
        return refusal('ConversationNotAnsweredError', language, ['conversationId'])
      case 'ratingFinal':
        return refusal('RatingFinalError', language, ['conversationId'])
      default:
        return unreachable(outcome)
    }
  },
} satisfies MutationResolvers

function own(accountId: string | null): string {
  invariant(accountId !== null, 'customers ask in an account')
  return accountId
}
