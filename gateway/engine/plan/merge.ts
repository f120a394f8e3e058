import { type GraphQLSchema, isAbstractType } from 'graphql'
import { isJsonObject, type JsonObject } from '../value.ts'

/** Adds what a subgraph said of an object to what is known of it. */
export type Merge = (target: JsonObject, source: JsonObject | null | undefined) => void

/**
 * Makes a merge for a supergraph. Objects and lists of equal length are merged item by item; of anything else the newer
 * wins. But a null hides nothing: of two subgraphs that tell of one object the healthy one is heard, in whatever order
 * they answer. And the name of an interface, which a subgraph may know as an object (`@interfaceObject`), never hides
 * the name of a type. The source is used up: parts of it become parts of the target.
 */
export function createMerge(schema: GraphQLSchema): Merge {
  const isAbstract = (name: unknown) => typeof name === 'string' && isAbstractType(schema.getType(name))

  const merge: Merge = (target, source) => {
    if (source === null || source === undefined) return
    for (const key of Object.keys(source)) {
      const incoming = source[key]
      if (incoming !== undefined) mergeField(target, key, incoming)
    }
  }

  const mergeField = (target: JsonObject, key: string, incoming: unknown): void => {
    if (key === '__typename') {
      if (!target[key] || !isAbstract(incoming)) target[key] = incoming
    } else if (key === '__proto__') {
      // A client may call a field so: it becomes a property like any other, never the object's prototype.
      define(target, key, merged(own(target, key), incoming))
    } else target[key] = merged(target[key], incoming)
  }

  /** What is known after hearing more: the known object or list with the more in it, or else the more alone. */
  const merged = (known: unknown, incoming: unknown): unknown => {
    if (known === undefined || known === null || typeof incoming !== 'object') return incoming
    if (incoming === null) return known
    if (isJsonObject(incoming) && isJsonObject(known)) {
      merge(known, incoming)
      return known
    }
    if (!Array.isArray(incoming) || !Array.isArray(known) || known.length !== incoming.length) return incoming
    for (const [index, item] of incoming.entries()) known[index] = merged(known[index], item)
    return known
  }
  return merge
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function define(object: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
