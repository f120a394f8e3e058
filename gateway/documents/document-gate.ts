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
import { type Priority, priorityOf } from '../admission/priorities.ts'
import { exceededLimit, OPERATION_LIMITS, overLimit } from './limits.ts'
import { type Measures, measure } from './measure.ts'

/**
 * Looks at the text of an operation before anything is spent on it. A text that may pass is parsed, measured and
 * validated once, and handed to Apollo Server as a document that is ready.
 */
export interface DocumentGate {
  /** What a valid document keeps to. */
  readonly rules: readonly ValidationRule[]
  /**
   * Throws when the operation is over a limit, which a registered one never is. One that is not valid passes as null:
   * Apollo Server says what is wrong.
   */
  admit(text: string, isRegistered?: boolean): OperationProfile | null
  /** What is known of a text that was made ready or admitted before; undefined when nothing is. */
  recall(text: string): OperationProfile | undefined
  /** From now on operations are of this schema, and these, by the hashes of their texts, fit it for good. */
  useSchema(schema: GraphQLSchema, ready?: ReadonlyMap<string, ReadyOperation>): void
  /** The document of a text that passed and is valid; null when it has to be read. */
  documentOf(text: string): DocumentNode | null
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

/** An operation of which everything was looked at beforehand. */
export interface ReadyOperation {
  readonly text: string
  readonly document: DocumentNode
  readonly profile: OperationProfile
}

/** What a document that was found valid says of itself. */
export function profileOf(document: DocumentNode, { cost }: Pick<Measures, 'cost'>): OperationProfile {
  // One that asks for nothing but names of types is work all the same.
  return { cost: Math.max(1, cost), priority: priorityOf(document) }
}

/** Texts whose verdict is remembered, by their length together. */
const TEXT_CHARACTERS_MAX = 4_000_000
/** A document takes a hundred times the memory of its text: whoever sends ever new ones must not fill it. */
const DOCUMENT_CHARACTERS_MAX = 500_000

type Verdict = GraphQLError | OperationProfile | 'invalid'

export interface DocumentGateOptions {
  /** Whether clients may ask for the schema itself. */
  readonly hasIntrospection: boolean
  /** Whether operations that nobody registered have limits; they have, if left out. */
  readonly hasLimits?: boolean
}

export function createDocumentGate({ hasIntrospection, hasLimits = true }: DocumentGateOptions): DocumentGate {
  const rules = hasIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]

  const verdicts = new LRUCache<string, { readonly verdict: Verdict }>({
    maxSize: TEXT_CHARACTERS_MAX,
    sizeCalculation: (_, text) => text.length + 1,
  })
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: DOCUMENT_CHARACTERS_MAX,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.end ?? 1),
  })
  let schema: GraphQLSchema | null = null
  let ready: ReadonlyMap<string, ReadyOperation> = new Map()
  let readyProfiles: ReadonlyMap<string, OperationProfile> = new Map()
  const find = (id: string) => ready.get(id)?.document ?? documents.get(id)
  const recall = (text: string) => readyProfiles.get(text) ?? profileIn(verdicts.get(text)?.verdict)

  function judge(text: string, isRegistered: boolean): Verdict {
    if (schema === null) return 'invalid'
    const isUnlimited = isRegistered || !hasLimits
    const document = parseWithin(text, isUnlimited ? undefined : OPERATION_LIMITS.tokens)
    if (document === null) return 'invalid'
    if (document instanceof GraphQLError) return document
    const measures = measure(document, schema)
    const refused = isUnlimited ? null : exceededLimit(measures)
    if (refused) return refused
    // One error is enough here: Apollo Server looks for the others.
    if (validate(schema, document, rules, { maxErrors: 1 }).length > 0) return 'invalid'
    documents.set(hash('sha256', text), document)
    return profileOf(document, measures)
  }

  return {
    rules,
    admit(text, isRegistered = false) {
      const readyProfile = readyProfiles.get(text)
      if (readyProfile) return readyProfile
      const { verdict } = verdicts.get(text) ?? { verdict: judge(text, isRegistered) }
      verdicts.set(text, { verdict })
      if (verdict instanceof GraphQLError) throw verdict
      return profileIn(verdict) ?? null
    },
    recall,
    useSchema(newSchema, newReady = new Map()) {
      schema = newSchema
      ready = newReady
      readyProfiles = new Map([...newReady.values()].map(({ text, profile }) => [text, profile]))
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

function profileIn(verdict: Verdict | undefined): OperationProfile | undefined {
  return verdict === undefined || verdict === 'invalid' || verdict instanceof GraphQLError ? undefined : verdict
}

/** The document; an error when it is too long; null when it is no GraphQL. */
function parseWithin(text: string, maxTokens: number | undefined): DocumentNode | GraphQLError | null {
  try {
    return parse(text, { maxTokens })
  } catch (error) {
    return /tokens\. Parsing aborted/.test(String(error)) ? overLimit('tokens', null) : null
  }
}
