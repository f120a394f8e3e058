import type { ExecutionResult } from 'graphql'
import { errorCode } from '../../platform/errors.ts'
import { isJsonObject } from './check.ts'

/** Errors that a client can do something about. Others without any data mean that gateway and subgraph do not agree. */
const CODES_FOR_CLIENTS = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'REASON_REQUIRED',
  'BAD_USER_INPUT',
  'SUBGRAPH_UNAVAILABLE',
])

/** Whether the errors of an answer are errors as GraphQL has them, and explain why there is no data if there is none. */
export function checkErrors(errors: unknown, data: ExecutionResult['data']): string | null {
  if (errors === undefined || errors === null) return data ? null : ' has neither data nor errors'
  if (!Array.isArray(errors)) return '.errors is not a list'
  if (!errors.every(isError)) return '.errors holds what is not an error'
  if (data) return null
  return errors.some(isExplained) ? null : ' has no data, and errors that are not for clients'
}

interface WireError {
  readonly path?: readonly unknown[] | null
  readonly extensions?: Readonly<Record<string, unknown>>
}

function isError(error: unknown): error is WireError {
  if (!isJsonObject(error)) return false
  const { message, path, extensions } = error
  return typeof message === 'string' && isPath(path) && (isNothing(extensions) || isJsonObject(extensions))
}

function isPath(path: unknown): boolean {
  if (isNothing(path)) return true
  return Array.isArray(path) && path.every((step) => typeof step === 'string' || Number.isInteger(step))
}

function isExplained(error: WireError): boolean {
  return (error.path?.length ?? 0) > 0 || CODES_FOR_CLIENTS.has(errorCode(error))
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}
