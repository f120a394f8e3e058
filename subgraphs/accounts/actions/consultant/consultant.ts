import type DataLoader from 'dataloader'
import { createBatchLoader } from '../../../../platform/database/batch-loader.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { Language } from '../../../../platform/languages.ts'
import {
  type ConversationKey,
  type ConversationPageKey,
  type ConversationRow,
  readConversationPages,
  readConversations,
} from '../../store/consultant/conversations.ts'
import {
  type HelpArticleKey,
  type HelpArticleRow,
  listHelpArticles,
  readHelpArticles,
} from '../../store/consultant/help-articles.ts'
import { type MessageRow, type MessagesAfter, readMessagesAfter } from '../../store/consultant/messages.ts'
import { type QueuePage, readQueue } from '../../store/consultant/queue.ts'
import { type AnswerConversation, type AnswerConversationOutcome, answerConversation } from './answer-conversation.ts'
import { type AskConsultant, type AskConsultantOutcome, askConsultant } from './ask-consultant.ts'
import { type CloseConversationOutcome, closeConversation } from './close-conversation.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { type ArticleSearch, searchArticles } from './find-answer.ts'
import { type RateConversation, type RateConversationOutcome, rateConversation } from './rate-conversation.ts'
import { readConversation } from './read-conversation.ts'
import { type RequestConsultant, type RequestConsultantOutcome, requestConsultant } from './request-consultant.ts'
import { type ReturnConversationOutcome, returnConversation } from './return-conversation.ts'
import { type TakeConversationOutcome, takeConversation } from './take-conversation.ts'

/** Names a conversation to staff. */
interface Named {
  readonly conversationId: string
}

/** The consultant, as the resolvers have it: help articles, conversations and the queue of staff. */
export interface Consultant {
  readonly articles: DataLoader<HelpArticleKey, HelpArticleRow | null, string>
  listArticles(language: Language, first: number): Promise<HelpArticleKey[]>
  searchArticles(search: ArticleSearch): Promise<HelpArticleKey[]>
  /** By account: another's conversation is not there. */
  readonly conversations: DataLoader<ConversationKey, ConversationRow | null, string>
  readonly conversationPages: DataLoader<ConversationPageKey, readonly ConversationRow[], string>
  readonly messages: DataLoader<MessagesAfter, readonly MessageRow[], string>
  ask(command: AskConsultant): Promise<AskConsultantOutcome>
  request(command: RequestConsultant): Promise<RequestConsultantOutcome>
  rate(command: RateConversation): Promise<RateConversationOutcome>
  queue(page: Omit<QueuePage, 'now'>): Promise<ConversationRow[]>
  read(conversationId: string, viewer: Viewer): Promise<ConversationRow | null>
  take(command: Named, viewer: Viewer): Promise<TakeConversationOutcome>
  answer(command: AnswerConversation, viewer: Viewer): Promise<AnswerConversationOutcome>
  close(command: Named, viewer: Viewer): Promise<CloseConversationOutcome>
  return(command: Named, viewer: Viewer): Promise<ReturnConversationOutcome>
}

export function createConsultant(dependencies: ConsultantDependencies): Consultant {
  const { reader, clock } = dependencies
  return {
    ...createLoaders(dependencies),
    listArticles: (language, first) => listHelpArticles(reader, language, first),
    searchArticles: (search) => searchArticles(dependencies, search),
    ask: (command) => askConsultant(dependencies, command),
    request: (command) => requestConsultant(dependencies, command),
    rate: (command) => rateConversation(dependencies, command),
    queue: (page) => readQueue(reader, { ...page, now: clock.now() }),
    read: (conversationId, viewer) => readConversation(dependencies, conversationId, viewer),
    take: (command, viewer) => takeConversation(dependencies, command, viewer),
    answer: (command, viewer) => answerConversation(dependencies, command, viewer),
    close: (command, viewer) => closeConversation(dependencies, command, viewer),
    return: (command, viewer) => returnConversation(dependencies, command, viewer),
  }
}

function createLoaders({
  reader,
}: ConsultantDependencies): Pick<Consultant, 'articles' | 'conversations' | 'conversationPages' | 'messages'> {
  const owner = ({ accountId }: { readonly accountId: string }) => accountId
  return {
    articles: createBatchLoader({
      read: (keys) => readHelpArticles(reader, keys),
      keyText: ({ slug, language }) => `${language} ${slug}`,
      owner: () => 'everyone',
    }),
    conversations: createBatchLoader<ConversationKey, ConversationRow | null>({
      owner,
      read: (keys) => readConversations(reader, keys),
      keyText: ({ accountId, id }) => `${accountId} ${id}`,
    }),
    conversationPages: createBatchLoader<ConversationPageKey, readonly ConversationRow[]>({
      owner,
      read: (pages) => readConversationPages(reader, pages),
      keyText: ({ accountId, first, afterId }) => `${accountId} ${first} ${afterId}`,
    }),
    messages: createBatchLoader<MessagesAfter, readonly MessageRow[]>({
      owner,
      read: (keys) => readMessagesAfter(reader, keys),
      keyText: ({ accountId, conversationId, sequence, first }) =>
        `${accountId} ${conversationId} ${sequence} ${first}`,
    }),
  }
}
