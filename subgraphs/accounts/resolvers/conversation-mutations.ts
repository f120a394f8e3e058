import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'

/** What staff do with conversations. */
export const conversationMutations = {
  takeConversation: async (_, { input }, { consultant, viewer }) => {
    const outcome = await consultant.take(input, viewer)
    switch (outcome.kind) {
      case 'taken':
        return { __typename: 'TakeConversationSuccess', conversation: outcome.conversation }
      case 'conversationNotFound':
        return refusal('ConversationNotFoundError', viewer.language, ['conversationId'])
      case 'conversationTaken':
        return refusal('ConversationTakenError', viewer.language, ['conversationId'])
      case 'conversationNotWaiting':
        return refusal('ConversationNotWaitingError', viewer.language, ['conversationId'])
      default:
        return unreachable(outcome)
    }
  },

  answerConversation: async (_, { input }, { consultant, viewer }) => {
    const { language } = viewer
    const outcome = await consultant.answer(input, viewer)
    switch (outcome.kind) {
      case 'answered': {
        const { conversation, message } = outcome
        return { __typename: 'AnswerConversationSuccess', conversation, answer: message }
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
      case 'conversationNotTaken':
        return refusal('ConversationNotTakenError', language, ['conversationId'])
      default:
        return unreachable(outcome)
    }
  },

  closeConversation: async (_, { input }, { consultant, viewer }) => {
    const outcome = await consultant.close(input, viewer)
    switch (outcome.kind) {
      case 'closed':
        return { __typename: 'CloseConversationSuccess', conversation: outcome.conversation }
      case 'conversationNotFound':
        return refusal('ConversationNotFoundError', viewer.language, ['conversationId'])
      case 'conversationNotTaken':
        return refusal('ConversationNotTakenError', viewer.language, ['conversationId'])
      default:
        return unreachable(outcome)
    }
  },

  returnConversation: async (_, { input }, { consultant, viewer }) => {
    const outcome = await consultant.return(input, viewer)
    switch (outcome.kind) {
      case 'returned':
        return { __typename: 'ReturnConversationSuccess', conversation: outcome.conversation }
      case 'conversationNotFound':
        return refusal('ConversationNotFoundError', viewer.language, ['conversationId'])
      case 'conversationNotTaken':
        return refusal('ConversationNotTakenError', viewer.language, ['conversationId'])
      default:
        return unreachable(outcome)
    }
  },
} satisfies MutationResolvers
