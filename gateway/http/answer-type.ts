import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'

const JSON_TYPE = 'application/json; charset=utf-8'

/** What answers come as. A client that has no preference gets the first, as Apollo Server has it. */
const OFFERED: readonly string[] = [JSON_TYPE, 'application/graphql-response+json; charset=utf-8']

/** The media type of an answer for a client that accepts this; null when none of ours will do. */
export function answerType(accept: string | undefined): string | null {
  if (!accept) return JSON_TYPE
  return new Negotiator({ headers: { accept } }).mediaType([...OFFERED]) ?? null
}

/** Front ends send a few; whoever sends ever new ones must not fill it. */
const HEADERS_MAX = 100

/** The same, read once for each header that comes again and again. */
export function rememberAnswerTypes(): typeof answerType {
  const known = new LRUCache<string, { readonly type: string | null }>({ max: HEADERS_MAX })
  return (accept = '') => {
    const found = known.get(accept)
    if (found) return found.type
    const type = answerType(accept)
    known.set(accept, { type })
    return type
  }
}

/** Whether it gets `application/json`, and asks for that by name. */
export function asksForJson(accept: string | undefined): boolean {
  return accept !== undefined && /\bapplication\/json\b/i.test(accept) && answerType(accept) === JSON_TYPE
}
