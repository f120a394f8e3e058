import { isIdempotencyKey } from '../../../../platform/idempotency-key.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type ConversationRow, changeConversation } from '../../store/consultant/conversations.ts'
import { appendMessage, type MessageRow } from '../../store/consultant/messages.ts'
import { abandonRequest, claimRequest, completeRequest, type KeyedRequest } from '../../store/consultant/requests.ts'
import { writeNotice } from '../../store/notices.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { hashBody } from './keyed.ts'
import { type StaffAtWork, withStaffConversation } from './staff-conversation.ts'
import { readText } from './written-text.ts'

export interface AnswerConversation {
  readonly conversationId: string
  readonly text: string
  readonly idempotencyKey: string
}

export type AnswerConversationOutcome =
  | { readonly kind: 'answered'; readonly conversation: ConversationRow; readonly message: MessageRow }
  | { readonly kind: 'invalidText'; readonly lengthMax: number }
  | { readonly kind: 'invalidIdempotencyKey' }
  | { readonly kind: 'idempotencyKeyReused' }
  | { readonly kind: 'conversationNotFound' }
  | { readonly kind: 'conversationClosed' }
  /** The member of staff has not taken it, or has it no more. */
  | { readonly kind: 'conversationNotTaken' }

/** Answers the customer in a conversation that the member of staff has taken, and tells the customer so. */
export async function answerConversation(
  dependencies: ConsultantDependencies,
  command: AnswerConversation,
  viewer: Viewer,
): Promise<AnswerConversationOutcome> {
  const lengthMax = (await dependencies.policies.current())['consultant.textLengthMax']
  const text = readText(command.text, lengthMax)
  if (text === null) return { kind: 'invalidText', lengthMax }
  if (!isIdempotencyKey(command.idempotencyKey)) return { kind: 'invalidIdempotencyKey' }
  const outcome = await withStaffConversation(dependencies, command.conversationId, viewer, (staff) =>
    answerOnce(dependencies, staff, { text, idempotencyKey: command.idempotencyKey }),
  )
  if (outcome?.kind === 'answered') dependencies.onOutgoing()
  return outcome ?? { kind: 'conversationNotFound' }
}

async function answerOnce(
  dependencies: ConsultantDependencies,
  staff: StaffAtWork,
  { text, idempotencyKey }: { readonly text: string; readonly idempotencyKey: string },
): Promise<AnswerConversationOutcome> {
  const { trx, conversation, staffId, now } = staff
  const request: KeyedRequest = {
    accountId: conversation.account_id,
    scope: `answers of ${staffId} in ${conversation.id}`,
    idempotencyKey,
    bodyHash: hashBody(text),
    conversationId: conversation.id,
    at: now,
  }
  const claim = await claimRequest(trx, request)
  if (claim.kind === 'reused') return { kind: 'idempotencyKeyReused' }
  if (claim.kind === 'repeated') return { kind: 'answered', conversation, message: claim.messages[0] as MessageRow }
  if (conversation.status === 'CLOSED' || !staff.holds) {
    await abandonRequest(trx, request)
    return { kind: conversation.status === 'CLOSED' ? 'conversationClosed' : 'conversationNotTaken' }
  }
  const message = await write(dependencies, staff, text)
  await completeRequest(trx, request, [message])
  const answered = await changeConversation(trx, conversation, {
    status: 'ANSWERED',
    deadline_at: null,
    lease_until: null,
    changed_at: now,
  })
  return { kind: 'answered', conversation: answered, message }
}

async function write({ newId }: ConsultantDependencies, staff: StaffAtWork, text: string): Promise<MessageRow> {
  const { trx, conversation, staffId, now, record } = staff
  const { account_id: accountId, id: conversationId, language } = conversation
  await record('CONVERSATION_ANSWERED')
  await writeNotice(trx, {
    id: newId(),
    accountId,
    kind: 'CONSULTANT_ANSWERED',
    parameters: { conversationId },
    at: now,
  })
  return appendMessage(trx, conversation, {
    author: 'CONSULTANT',
    staff_id: staffId,
    language,
    text,
    written_at: now,
  })
}
