import { hash } from 'node:crypto'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { exceededLimit, OPERATION_LIMITS, overLimit } from './limits.ts'
import { measure } from './measure.ts'

/**
 * Looks at the text of an operation before anything is spent on it. A text that may pass is parsed, measured and
 * validated once, and handed to Apollo Server as a document that is ready.
 */
export interface DocumentGate {
  /** What a valid document keeps to. */
  readonly rules: readonly ValidationRule[]
  /** Throws when the operation is over a limit. One that is not valid passes: Apollo Server says what is wrong. */
  admit(text: string): void
  /** From now on operations are of this schema, and these documents, by the hashes of their texts, fit it for good. */
  useSchema(schema: GraphQLSchema, ready?: ReadonlyMap<string, DocumentNode>): void
  /** The document of a text that passed and is valid; null when it has to be read. */
  documentOf(text: string): DocumentNode | null
  /** What Apollo Server keeps documents in, by the end of its keys: the hash of the text. */
  readonly documentStore: {
    get(key: string): Promise<DocumentNode | undefined>
    set(key: string, document: DocumentNode): Promise<void>
    delete(key: string): Promise<boolean>
  }
}

/** Texts whose verdict is remembered, by their length together. */
const TEXT_CHARACTERS_MAX = 4_000_000
const DOCUMENTS_MAX = 2_000

type Verdict = GraphQLError | 'passed' | 'invalid'

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
  const documents = new LRUCache<string, DocumentNode>({ max: DOCUMENTS_MAX })
  let schema: GraphQLSchema | null = null
  let ready: ReadonlyMap<string, DocumentNode> = new Map()
  const find = (id: string) => ready.get(id) ?? documents.get(id)

  function judge(text: string): Verdict {
    if (schema === null) return 'invalid'
    const document = parseWithin(text)
    if (document === null) return 'invalid'
    if (document instanceof GraphQLError) return document
    const exceeded = exceededLimit(measure(document, schema))
    if (exceeded) return exceeded
    if (validate(schema, document, rules).length > 0) return 'invalid'
    documents.set(hash('sha256', text), document)
    return 'passed'
  }

  return {
    rules,
    admit(text) {
      const { verdict } = verdicts.get(text) ?? { verdict: judge(text) }
      verdicts.set(text, { verdict })
      if (verdict instanceof GraphQLError) throw verdict
    },
    useSchema(newSchema, newReady = new Map()) {
      schema = newSchema
      ready = newReady
      verdicts.clear()
      documents.clear()
    },
    documentOf: (text) => find(hash('sha256', text)) ?? null,
    documentStore: {
      get: async (key) => find(key.slice(key.lastIndexOf(':') + 1)),
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
