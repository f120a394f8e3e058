/** A GraphQL object as JSON carries it: what subgraphs send, what is merged, what clients get. */
export type JsonObject = Record<string, unknown>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A step on the way to a value: a field's response name, or a place in a list. */
export type Path = readonly (string | number)[]
