import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type ConversationRow, changeConversation } from '../../store/consultant/conversations.ts'
import { type ConsultantDependencies, secondsLater } from './dependencies.ts'
import { isFree, withStaffConversation } from './staff-conversation.ts'

export type TakeConversationOutcome =
  | { readonly kind: 'taken'; readonly conversation: ConversationRow }
  | { readonly kind: 'conversationNotFound' }
  /** A colleague has it. */
  | { readonly kind: 'conversationTaken' }
  /** Nobody waits for an answer in it. */
  | { readonly kind: 'conversationNotWaiting' }

/**
 * Takes a conversation, for as long as the lease says; the deadline stays. Of many who take it at once one gets it; a
 * supervisor may take it from whoever has it.
 */
export async function takeConversation(
  dependencies: ConsultantDependencies,
  { conversationId }: { readonly conversationId: string },
  viewer: Viewer,
): Promise<TakeConversationOutcome> {
  const leaseSeconds = (await dependencies.policies.current())['consultant.leaseSeconds']
  const outcome = await withStaffConversation(
    dependencies,
    conversationId,
    viewer,
    async (staff): Promise<TakeConversationOutcome> => {
      const { trx, conversation, staffId, isSupervisor, holds, now, record } = staff
      if (conversation.deadline_at === null) return { kind: 'conversationNotWaiting' }
      if (!isFree(conversation, now) && !holds && !isSupervisor) return { kind: 'conversationTaken' }
      await record('CONVERSATION_TAKEN')
      const taken = await changeConversation(trx, conversation, {
        status: 'IN_PROGRESS',
        taken_by: staffId,
        lease_until: secondsLater(now, leaseSeconds),
        changed_at: now,
      })
      return { kind: 'taken', conversation: taken }
    },
  )
  return outcome ?? { kind: 'conversationNotFound' }
}
