import { parseId } from '../../../../platform/ids.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { type ConversationRow, lockConversation } from '../../store/consultant/conversations.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { queueConversation } from './queue-conversation.ts'

export interface RequestConsultant {
  readonly accountId: string
  readonly conversationId: string
}

export type RequestConsultantOutcome =
  | { readonly kind: 'requested'; readonly conversation: ConversationRow }
  | { readonly kind: 'conversationNotFound' }
  | { readonly kind: 'conversationClosed' }

/** Asks for a person because what was answered did not help. Asking again changes nothing. */
export async function requestConsultant(
  { db, clock, policies }: ConsultantDependencies,
  command: RequestConsultant,
): Promise<RequestConsultantOutcome> {
  const id = parseId(command.conversationId)
  if (id === null) return { kind: 'conversationNotFound' }
  const deadlineSeconds = (await policies.current())['consultant.deadlineSeconds']
  return db.transaction().execute(async (trx): Promise<RequestConsultantOutcome> => {
    const { accountId } = command
    if ((await holdOpen(trx, accountId)) !== 'open') return { kind: 'conversationNotFound' }
    const conversation = await lockConversation(trx, { accountId, id })
    if (!conversation) return { kind: 'conversationNotFound' }
    if (conversation.status === 'CLOSED') return { kind: 'conversationClosed' }
    const queued = await queueConversation(trx, conversation, { now: clock.now(), deadlineSeconds })
    return { kind: 'requested', conversation: queued }
  })
}
