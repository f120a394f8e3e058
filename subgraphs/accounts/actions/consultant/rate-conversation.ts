import { parseId } from '../../../../platform/ids.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { type ConversationRow, changeConversation, lockConversation } from '../../store/consultant/conversations.ts'
import { type ConsultantDependencies, secondsLater } from './dependencies.ts'
import { readText } from './written-text.ts'

export interface RateConversation {
  readonly accountId: string
  readonly conversationId: string
  readonly score: number
  readonly comment: string | null
}

export type RateConversationOutcome =
  | { readonly kind: 'rated'; readonly conversation: ConversationRow }
  | { readonly kind: 'invalidScore' }
  | { readonly kind: 'invalidText'; readonly lengthMax: number }
  | { readonly kind: 'conversationNotFound' }
  | { readonly kind: 'conversationNotAnswered' }
  /** The first rating was too long ago to be replaced. */
  | { readonly kind: 'ratingFinal' }

const SCORE_MAX = 5
const SECONDS_PER_HOUR = 3_600

/** Says what an answer was worth. A later rating replaces an earlier one for a while. */
export async function rateConversation(
  { db, clock, policies }: ConsultantDependencies,
  command: RateConversation,
): Promise<RateConversationOutcome> {
  const values = await policies.current()
  const { accountId, score } = command
  if (!Number.isInteger(score) || score < 1 || score > SCORE_MAX) return { kind: 'invalidScore' }
  const lengthMax = values['consultant.commentLengthMax']
  const comment = command.comment === null ? null : readText(command.comment, lengthMax)
  if (command.comment !== null && comment === null) return { kind: 'invalidText', lengthMax }
  const id = parseId(command.conversationId)
  if (id === null) return { kind: 'conversationNotFound' }

  return db.transaction().execute(async (trx): Promise<RateConversationOutcome> => {
    if ((await holdOpen(trx, accountId)) !== 'open') return { kind: 'conversationNotFound' }
    const conversation = await lockConversation(trx, { accountId, id })
    if (!conversation) return { kind: 'conversationNotFound' }
    if (conversation.deadline_at !== null) return { kind: 'conversationNotAnswered' }
    const now = clock.now()
    const ratedAt = conversation.rated_at ?? now
    const finalAt = secondsLater(ratedAt, values['consultant.ratingHours'] * SECONDS_PER_HOUR)
    if (conversation.rated_at !== null && finalAt <= now) return { kind: 'ratingFinal' }
    const rating = { rating: score, rating_comment: comment, rated_at: ratedAt, changed_at: now }
    return { kind: 'rated', conversation: await changeConversation(trx, conversation, rating) }
  })
}
