import type { Language } from '../../../../platform/languages.ts'

/** The tables of the consultant, as the queries see them. */
export interface ConsultantTables {
  help_article: {
    slug: string
    language: Language
    title: string
    keywords: string
    body: string
    operation: string
  }
  help_word: { language: Language; lexeme: string; slug: string; frequency: number }
  conversation: ConversationTable
  conversation_directory: { conversation_id: string; account_id: string }
  conversation_message: ConversationMessageTable
  consultant_request: ConsultantRequestTable
  question_count: { account_id: string; hour_began_at: Date; questions: number }
}

/** Help articles were suggested; waits for staff; one of them has it; they answered; over. */
export type ConversationStatus = 'SUGGESTED' | 'WAITING' | 'IN_PROGRESS' | 'ANSWERED' | 'CLOSED'

export interface ConversationTable {
  account_id: string
  id: string
  language: Language
  status: ConversationStatus
  last_sequence: number
  created_at: Date
  changed_at: Date
  is_for_staff: boolean
  deadline_at: Date | null
  escalated_at: Date | null
  taken_by: string | null
  lease_until: Date | null
  rating: number | null
  rating_comment: string | null
  rated_at: Date | null
}

export type MessageAuthor = 'CUSTOMER' | 'ASSISTANT' | 'CONSULTANT'

export interface ConversationMessageTable {
  account_id: string
  conversation_id: string
  sequence: number
  author: MessageAuthor
  staff_id: string | null
  language: Language
  text: string
  articles: string[]
  written_at: Date
}

interface ConsultantRequestTable {
  account_id: string
  scope: string
  idempotency_key: string
  body_hash: string
  conversation_id: string
  first_sequence: number | null
  last_sequence: number | null
  requested_at: Date
}
