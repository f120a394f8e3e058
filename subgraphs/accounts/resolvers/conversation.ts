import { readPageSize, toPage } from '../../../platform/pagination.ts'
import type {
  ConversationMessageResolvers,
  ConversationResolvers,
  HelpArticleResolvers,
  QueuedConversationResolvers,
} from '../generated/resolvers.ts'
import type { ConversationRow } from '../store/consultant/conversations.ts'
import { readMessagePlace } from './conversation-places.ts'

const language = (row: { readonly language: 'ru' | 'en' }) => (row.language === 'ru' ? 'RU' : 'EN')
const isEscalated = ({ escalated_at }: ConversationRow) => escalated_at !== null

export const conversation: ConversationResolvers = {
  language,
  createdAt: ({ created_at }) => created_at,
  changedAt: ({ changed_at }) => changed_at,
  deadlineAt: ({ deadline_at }) => deadline_at,
  isEscalated,
  rating: ({ rating, rating_comment, rated_at }) =>
    rating === null || rated_at === null ? null : { score: rating, comment: rating_comment, ratedAt: rated_at },

  messages: async ({ account_id, id }, { first, after }, { consultant }) => {
    const size = readPageSize(first)
    const sequence = readMessagePlace(after)
    const key = { accountId: account_id, conversationId: id, sequence, first: size + 1 }
    return toPage(await consultant.messages.load(key), {
      size,
      isFirst: sequence === 0,
      cursorOf: (message) => String(message.sequence),
    })
  },
}

export const conversationMessage: ConversationMessageResolvers = {
  writtenAt: ({ written_at }) => written_at,
  // What was pointed to and is not in the help any more is left out.
  articles: async (message, _, { consultant }) => {
    const keys = message.articles.map((slug) => ({ slug, language: message.language }))
    const articles = await Promise.all(keys.map((key) => consultant.articles.load(key)))
    return articles.filter((article) => article !== null)
  },
}

export const queuedConversation: QueuedConversationResolvers = {
  language,
  // The table has a deadline for whatever is in the queue.
  deadlineAt: ({ deadline_at, changed_at }) => deadline_at ?? changed_at,
  isEscalated,
}

export const helpArticle: HelpArticleResolvers = { language }
