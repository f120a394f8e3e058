import { badUserInput } from '../../../platform/errors.ts'
import { parseSequence } from '../../../platform/events/sequence.ts'
import { parseId } from '../../../platform/ids.ts'
import { onlyValue } from '../../../platform/iterators.ts'
import type { ConversationChangeResolvers, SubscriptionResolvers } from '../generated/resolvers.ts'
import type { ConversationChangeRow } from '../store/consultant/conversation-changes.ts'

export const subscription: SubscriptionResolvers = {
  conversationChanged: {
    subscribe: (_, { conversationId, afterSequence }, { grant, conversationChanges }) => {
      const after = parseSequence(afterSequence)
      if (after === undefined) throw badUserInput('`afterSequence` is the `sequence` of an earlier event.')
      const id = parseId(conversationId)
      // What cannot be an id is a conversation that is not there.
      if (id === null || grant.accountId === null) return onlyValue(null)
      return conversationChanges.watch({ accountId: grant.accountId, id }, after)
    },
    resolve: (change: ConversationChangeRow | null) => change,
  },
}

export const conversationChange: ConversationChangeResolvers = {
  sequence: ({ sequence }) => String(sequence),
  message: ({ sequence, ...message }) => ({ ...message, sequence: Number(sequence) }),
  conversation: ({ account_id, conversation_id }, _, { consultant }) =>
    consultant.conversations.load({ accountId: account_id, id: conversation_id }),
}
