import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type ConversationRow, changeConversation } from '../../store/consultant/conversations.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { withStaffConversation } from './staff-conversation.ts'

export type CloseConversationOutcome =
  | { readonly kind: 'closed'; readonly conversation: ConversationRow }
  | { readonly kind: 'conversationNotFound' }
  | { readonly kind: 'conversationNotTaken' }

/** Ends a conversation; closing again changes nothing. For whoever of staff has it or answered it, and supervisors. */
export async function closeConversation(
  dependencies: ConsultantDependencies,
  { conversationId }: { readonly conversationId: string },
  viewer: Viewer,
): Promise<CloseConversationOutcome> {
  const outcome = await withStaffConversation(
    dependencies,
    conversationId,
    viewer,
    async ({ trx, conversation, holds, isSupervisor, now, record }): Promise<CloseConversationOutcome> => {
      if (!holds && !isSupervisor) return { kind: 'conversationNotTaken' }
      if (conversation.status === 'CLOSED') return { kind: 'closed', conversation }
      await record('CONVERSATION_CLOSED')
      const closed = await changeConversation(trx, conversation, {
        status: 'CLOSED',
        deadline_at: null,
        lease_until: null,
        changed_at: now,
      })
      return { kind: 'closed', conversation: closed }
    },
  )
  return outcome ?? { kind: 'conversationNotFound' }
}
