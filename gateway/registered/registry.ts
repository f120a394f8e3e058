import { parse } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RegisteredOperation } from '../../platform/operations/manifest.ts'
import { operationId, sameAs } from '../../platform/operations/normal-form.ts'
import { OPERATION_LIMITS } from '../documents/limits.ts'

/** A text that may be run, and the operation that it is of. */
export interface RegisteredText {
  /** The SHA-256 of the text. */
  readonly id: string
  readonly name: string
  readonly text: string
}

/** The operations that were registered, by id and by text. */
export interface Registry {
  /** Each operation's text with `__typename` everywhere, and the one without where its manifest has it. */
  readonly texts: readonly RegisteredText[]
  readonly names: ReadonlySet<string>
  byId(id: string): RegisteredText | null
  isText(text: string): boolean
  /** The registered text that says the same as this one, however it is laid out. */
  byText(text: string): RegisteredText | null
  /** The same, if it is known without reading this one. */
  recall(text: string): RegisteredText | null
}

/** What the layouts of one operation may take to be remembered, and those of all together. */
const LAYOUTS_MAX = 10_000
const TOTAL_CHARACTERS_MAX = 4_000_000

export function createRegistry(operations: readonly RegisteredOperation[]): Registry {
  const texts = operations.flatMap(textsOf)
  const byId = new Map(texts.map((text) => [text.id, text]))
  const byMeaning = new Map(texts.map((text) => [sameAs(parse(text.text)), text]))
  const layouts = new LRUCache<string, { readonly found: RegisteredText | null }>({
    max: LAYOUTS_MAX,
    maxSize: TOTAL_CHARACTERS_MAX,
    sizeCalculation: (_, text) => text.length + 1,
  })
  const all = new Map(texts.map((text) => [text.text, text]))
  return {
    texts: [...byId.values()],
    names: new Set(texts.map(({ name }) => name)),
    isText: (text) => all.has(text),
    recall: (text) => all.get(text) ?? layouts.get(text)?.found ?? null,
    byId: (id) => byId.get(id) ?? null,
    byText(text) {
      const known = layouts.get(text)
      if (known) return known.found
      const found = all.get(text) ?? byMeaning.get(meaningOf(text)) ?? null
      layouts.set(text, { found })
      return found
    },
  }
}

function textsOf({ id, name, body, asWritten }: RegisteredOperation): RegisteredText[] {
  const withTypenames = { id, name, text: body }
  if (asWritten === undefined || asWritten === body) return [withTypenames]
  return [withTypenames, { id: operationId(asWritten), name, text: asWritten }]
}

/** Nothing that is registered is the same as what cannot be read. */
function meaningOf(text: string): string {
  try {
    return sameAs(parse(text, { noLocation: true, maxTokens: OPERATION_LIMITS.tokens }))
  } catch {
    return ''
  }
}
