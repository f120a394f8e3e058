import type { Transaction } from 'kysely'
import { hashBody, isIdempotencyKey } from '../../../../platform/idempotency-key.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import type { Language } from '../../../../platform/languages.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import {
  type ConversationRow,
  changeConversation,
  insertConversation,
  lockConversation,
} from '../../store/consultant/conversations.ts'
import { appendMessage, type MessageRow } from '../../store/consultant/messages.ts'
import { countQuestion } from '../../store/consultant/question-count.ts'
import { abandonRequest, claimRequest, completeRequest, type KeyedRequest } from '../../store/consultant/requests.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { type FoundAnswer, findAnswer } from './find-answer.ts'
import { queueConversation } from './queue-conversation.ts'
import { languageOf, readText } from './written-text.ts'

export interface AskConsultant {
  readonly accountId: string
  readonly language: Language
  readonly text: string
  /** The conversation that goes on; null for a new one. */
  readonly conversationId: string | null
  readonly idempotencyKey: string
}

export type AskConsultantOutcome =
  | {
      readonly kind: 'asked'
      readonly conversation: ConversationRow
      readonly question: MessageRow
      /** Null when a person has to answer. */
      readonly answer: MessageRow | null
    }
  | { readonly kind: 'invalidText'; readonly lengthMax: number }
  | { readonly kind: 'invalidIdempotencyKey' }
  | { readonly kind: 'idempotencyKeyReused' }
  | { readonly kind: 'conversationNotFound' }
  | { readonly kind: 'conversationClosed' }
  | { readonly kind: 'tooManyQuestions'; readonly retryAt: Date }

/** A question that can be asked, with all that was found out before anything is written. */
interface Question extends KeyedRequest {
  readonly text: string
  readonly language: Language
  readonly isNew: boolean
  readonly found: FoundAnswer | null
  readonly policies: AccountsPolicies
}

/** Takes a question: help articles answer it at once if they can, else it waits for staff. */
export async function askConsultant(
  dependencies: ConsultantDependencies,
  command: AskConsultant,
): Promise<AskConsultantOutcome> {
  const { db, clock, newId, policies } = dependencies
  const values = await policies.current()
  const lengthMax = values['consultant.textLengthMax']
  const text = readText(command.text, lengthMax)
  if (text === null) return { kind: 'invalidText', lengthMax }
  if (!isIdempotencyKey(command.idempotencyKey)) return { kind: 'invalidIdempotencyKey' }
  const known = command.conversationId === null ? null : parseId(command.conversationId)
  if (command.conversationId !== null && known === null) return { kind: 'conversationNotFound' }

  const question: Question = {
    accountId: command.accountId,
    scope: 'questions',
    idempotencyKey: command.idempotencyKey,
    bodyHash: hashBody(known, text),
    conversationId: known ?? newId(),
    at: clock.now(),
    text,
    language: languageOf(text, command.language),
    isNew: known === null,
    found: await findAnswer(dependencies, text, command.language),
    policies: values,
  }
  return db.transaction().execute((trx) => askOnce(trx, question))
}

async function askOnce(trx: Transaction<Tables>, question: Question): Promise<AskConsultantOutcome> {
  // Before anything of the account's: what is written while it closes is sealed with the rest, or not written.
  if ((await holdOpen(trx, question.accountId)) !== 'open') return { kind: 'conversationNotFound' }
  const claim = await claimRequest(trx, question)
  if (claim.kind === 'reused') return { kind: 'idempotencyKeyReused' }
  if (claim.kind === 'repeated') return repeat(trx, question, claim)
  const admitted = await admit(trx, question)
  if ('kind' in admitted) {
    await abandonRequest(trx, question)
    return admitted
  }
  return write(trx, question, admitted)
}

/** The conversation to write into, locked; or why the question is refused. */
async function admit(trx: Transaction<Tables>, question: Question): Promise<ConversationRow | AskConsultantOutcome> {
  const { accountId, conversationId: id, at, language, isNew } = question
  const known = isNew ? null : await lockConversation(trx, { accountId, id })
  if (!isNew && known === null) return { kind: 'conversationNotFound' }
  if (known?.status === 'CLOSED') return { kind: 'conversationClosed' }
  const perHour = question.policies['consultant.questionsPerHour']
  const retryAt = await countQuestion(trx, { accountId, perHour, at })
  if (retryAt !== null) return { kind: 'tooManyQuestions', retryAt }
  return known ?? insertConversation(trx, { accountId, id, language, at })
}

async function write(
  trx: Transaction<Tables>,
  question: Question,
  conversation: ConversationRow,
): Promise<AskConsultantOutcome> {
  const { text, language, found, at: written_at, policies } = question
  const asked = await appendMessage(trx, conversation, { author: 'CUSTOMER', language, text, written_at })
  // Who talks with a person goes on talking with one.
  if (found === null || conversation.is_for_staff) {
    const deadlineSeconds = policies['consultant.deadlineSeconds']
    const queued = await queueConversation(trx, conversation, { now: written_at, deadlineSeconds })
    await completeRequest(trx, question, [asked])
    return { kind: 'asked', conversation: queued, question: asked, answer: null }
  }
  const answer = await appendMessage(trx, conversation, {
    author: 'ASSISTANT',
    language: found.article.language,
    text: `${found.article.title}\n\n${found.article.body}`,
    articles: [...found.slugs],
    written_at,
  })
  const suggested = await changeConversation(trx, conversation, { status: 'SUGGESTED', changed_at: written_at })
  await completeRequest(trx, question, [asked, answer])
  return { kind: 'asked', conversation: suggested, question: asked, answer }
}

async function repeat(
  trx: Transaction<Tables>,
  { accountId }: Question,
  { conversationId: id, messages }: { readonly conversationId: string; readonly messages: readonly MessageRow[] },
): Promise<AskConsultantOutcome> {
  const conversation = await lockConversation(trx, { accountId, id })
  const [question, answer = null] = messages
  invariant(conversation && question, 'a key goes with the conversation in which it was used')
  return { kind: 'asked', conversation, question, answer }
}
