import type { GraphQLFormattedError } from 'graphql'
import { formatError } from './format.ts'

/** An answer on its way out; changed in place. */
export interface SettledResult {
  readonly data?: unknown
  errors?: readonly GraphQLFormattedError[] | undefined
  extensions?: Record<string, unknown>
}

/** The last look at an answer before it leaves. */
export function settleResult(result: SettledResult): void {
  if (result.errors) result.errors = settleErrors(result.errors, result.data)
  // Apollo's own account of nulls that spread: it names fields of the plan, not of the client's query.
  const { valueCompletion, ...extensions } = result.extensions ?? {}
  // With nothing left of the answer, that is all there is to say why.
  if (result.data === null && valueCompletion) result.errors ??= spreadNulls(valueCompletion)
  Object.assign(result, { extensions: Object.keys(extensions).length > 0 ? extensions : undefined })
}

function spreadNulls(nulls: unknown): GraphQLFormattedError[] {
  return (nulls as GraphQLFormattedError[]).map(({ message, path }) =>
    formatError({ message, ...(path && { path }), extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
  )
}

/**
 * Brings the errors of an answer in order: a path ends at the null that the client sees, and the same trouble at the
 * same place is told once, though several subgraphs may have met it.
 */
export function settleErrors(errors: readonly GraphQLFormattedError[], data: unknown): GraphQLFormattedError[] {
  const settled = new Map<string, GraphQLFormattedError>()
  for (const error of errors) {
    const path = error.path && visiblePath(error.path, data)
    const key = JSON.stringify([error.extensions?.['code'], error.extensions?.['subgraph'], path ?? error.message])
    if (!settled.has(key)) settled.set(key, path ? { ...error, path } : error)
  }
  return [...settled.values()]
}

/** The path down to the first null. `@` stands for every item of a list and cannot be shown: the path ends there. */
function visiblePath(path: readonly (string | number)[], data: unknown): (string | number)[] {
  const visible: (string | number)[] = []
  let value = data
  for (const step of path) {
    // The null may be the whole answer: then it is the root field that tells what is missing.
    if (step === '@' || (isNothing(value) && visible.length > 0)) break
    const next: unknown = isNothing(value) ? null : (value as Record<string | number, unknown>)[step]
    // What the plan asked for its own use is not in the answer, so the path ends at what it was asked for.
    if (next === undefined && visible.length > 0) break
    visible.push(step)
    value = next
  }
  return visible
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}
