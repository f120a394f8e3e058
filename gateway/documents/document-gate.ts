import { hash } from 'node:crypto'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { type Priority, priorityOf } from '../admission/priorities.ts'
import { exceededLimit, OPERATION_LIMITS, overLimit } from './limits.ts'
import { measure } from './measure.ts'

/**
 * Looks at the text of an operation before anything is spent on it. A text that may pass is parsed, measured and
 * validated once, and handed to Apollo Server as a document that is ready.
 */
export interface DocumentGate {
  /**
   * Throws when the operation is over a limit. One that is not valid passes as null: Apollo Server says what is wrong.
   */
  admit(text: string): OperationProfile | null
  /** What is known of a text that was admitted before; undefined when nothing is. */
  recall(text: string): OperationProfile | undefined
  /** The same by the SHA-256 of the text, for clients that send no more than that. */
  recallHash(hash: string): OperationProfile | undefined
  /** From now on operations are of this schema. */
  useSchema(schema: GraphQLSchema): void
  /** What Apollo Server keeps documents in, by the end of its keys: the hash of the text. */
  readonly documentStore: {
    get(key: string): Promise<DocumentNode | undefined>
    set(key: string, document: DocumentNode): Promise<void>
    delete(key: string): Promise<boolean>
  }
}

/** What a text says of itself, whoever sends it. */
export interface OperationProfile {
  /** An upper bound of what an answer may hold. */
  readonly cost: number
  readonly priority: Priority
}

/** Texts whose verdict is remembered, by their length together. */
const TEXT_CHARACTERS_MAX = 4_000_000
/** A document takes a hundred times the memory of its text: whoever sends ever new ones must not fill it. */
const DOCUMENT_CHARACTERS_MAX = 500_000
const PROFILES_MAX = 2_000

type Verdict = GraphQLError | OperationProfile | 'invalid'

export interface DocumentGateOptions {
  /** Whether clients may ask for the schema itself. */
  readonly hasIntrospection: boolean
}

export function createDocumentGate({ hasIntrospection }: DocumentGateOptions): DocumentGate {
  const rules = hasIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]

  const verdicts = new LRUCache<string, { readonly verdict: Verdict }>({
    maxSize: TEXT_CHARACTERS_MAX,
    sizeCalculation: (_, text) => text.length + 1,
  })
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: DOCUMENT_CHARACTERS_MAX,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.end ?? 1),
  })
  const profiles = new LRUCache<string, OperationProfile>({ max: PROFILES_MAX })
  let schema: GraphQLSchema | null = null

  function judge(text: string): Verdict {
    if (schema === null) return 'invalid'
    const document = parseWithin(text)
    if (document === null) return 'invalid'
    if (document instanceof GraphQLError) return document
    const measures = measure(document, schema)
    const exceeded = exceededLimit(measures)
    if (exceeded) return exceeded
    // One error is enough here: Apollo Server looks for the others.
    if (validate(schema, document, rules, { maxErrors: 1 }).length > 0) return 'invalid'
    const key = hash('sha256', text)
    const profile = { cost: measures.cost, priority: priorityOf(document) }
    documents.set(key, document)
    profiles.set(key, profile)
    return profile
  }

  function profileOf(verdict: Verdict | undefined): OperationProfile | undefined {
    return verdict === undefined || verdict === 'invalid' || verdict instanceof GraphQLError ? undefined : verdict
  }

  return {
    admit(text) {
      const { verdict } = verdicts.get(text) ?? { verdict: judge(text) }
      verdicts.set(text, { verdict })
      if (verdict instanceof GraphQLError) throw verdict
      return profileOf(verdict) ?? null
    },
    recall: (text) => profileOf(verdicts.get(text)?.verdict),
    recallHash: (key) => profiles.get(key),
    useSchema(newSchema) {
      schema = newSchema
      verdicts.clear()
      documents.clear()
      profiles.clear()
    },
    documentStore: {
      get: async (key) => documents.get(key.slice(key.lastIndexOf(':') + 1)),
      // One that was forgotten meanwhile and has been read anew: it came through the gate, and it is valid.
      set: async (key, document) => void documents.set(key.slice(key.lastIndexOf(':') + 1), document),
      delete: async (key) => documents.delete(key),
    },
  }
}

/** The document; an error when it is too long; null when it is no GraphQL. */
function parseWithin(text: string): DocumentNode | GraphQLError | null {
  try {
    return parse(text, { maxTokens: OPERATION_LIMITS.tokens })
  } catch (error) {
    return /tokens\. Parsing aborted/.test(String(error)) ? overLimit('tokens', null) : null
  }
}
