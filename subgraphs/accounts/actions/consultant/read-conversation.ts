import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { ConversationRow } from '../../store/consultant/conversations.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { isFree, withStaffConversation } from './staff-conversation.ts'

/** Shows a conversation to staff who work on it, and writes down that they saw it. Null when there is none for them. */
export function readConversation(
  dependencies: ConsultantDependencies,
  conversationId: string,
  viewer: Viewer,
): Promise<ConversationRow | null> {
  return withStaffConversation(dependencies, conversationId, viewer, async (staff) => {
    const { conversation, holds, isSupervisor, now, record } = staff
    if (!holds && !isSupervisor && !isFree(conversation, now)) return null
    await record('CONVERSATION_READ')
    return conversation
  })
}
