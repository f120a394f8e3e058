import { isJsonObject, type JsonObject } from '../value.ts'

/**
 * Adds what a subgraph said of an object to what is known of it. Objects and lists of equal length are merged item by
 * item; of anything else the newer wins. The source is used up: parts of it become parts of the target.
 */
export function mergeInto(target: JsonObject, source: JsonObject | null | undefined): void {
  if (source === null || source === undefined) return
  for (const key of Object.keys(source)) {
    const incoming = source[key]
    if (incoming !== undefined) define(target, key, merged(target[key], incoming))
  }
}

/** What is known after hearing more: the known object or list with the more in it, or else the more alone. */
function merged(known: unknown, incoming: unknown): unknown {
  if (isJsonObject(incoming)) {
    if (!isJsonObject(known)) return incoming
    mergeInto(known, incoming)
    return known
  }
  if (!Array.isArray(incoming) || !Array.isArray(known) || known.length !== incoming.length) return incoming
  for (const [index, item] of incoming.entries()) known[index] = merged(known[index], item)
  return known
}

/** A client may call a field `__proto__`: it becomes a property like any other, never the object's prototype. */
function define(target: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    target[key] = value
  }
}
