import type { ExecutionResult } from 'graphql'

/** Takes what a subgraph sent for a GraphQL result. Throws when it has not the form of one. */
export function assertExecutionResult(value: unknown): ExecutionResult {
  if (isExecutionResult(value)) return value
  throw new Error('the answer is not a GraphQL result')
}

function isExecutionResult(value: unknown): value is ExecutionResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { data, errors } = value as { data?: unknown; errors?: unknown }
  const hasData = typeof data === 'object' && data !== null && !Array.isArray(data)
  const hasErrors = Array.isArray(errors) && errors.every((error) => typeof error?.message === 'string')
  return (hasData && (errors === undefined || hasErrors)) || ((data === undefined || data === null) && hasErrors)
}
