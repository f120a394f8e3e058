import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import type { CacheCounts } from '../sight/cache-counts.ts'
import { requiredDefaults } from './variable-defaults.ts'

/** An operation that is ready to run, or why it never will be. */
export type CompiledOperation =
  | { readonly kind: 'ready'; readonly run: RunOperation }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLError[] }

type RunOperation = (
  context: object,
  variables: Readonly<Record<string, unknown>>,
) => Promise<ExecutionResult> | ExecutionResult

/** Of the operations that are kept: compiled they are far larger than their texts. */
const OPERATION_CHARACTERS_MAX = 500_000

export interface OperationCache {
  find(query: string, operationName: string | undefined): CompiledOperation
  counts(): CacheCounts
}

/** Parses, validates and compiles each operation once: gateways send the same few again and again. */
export function createOperationCache(schema: GraphQLSchema): OperationCache {
  const known = new LRUCache<string, CompiledOperation>({
    maxSize: OPERATION_CHARACTERS_MAX,
    sizeCalculation: (_, key) => key.length + 1,
  })
  let hits = 0
  let misses = 0
  return {
    find(query, operationName) {
      const key = operationName === undefined ? query : `${operationName}\n${query}`
      const found = known.get(key)
      if (found) {
        hits++
        return found
      }
      misses++
      const operation = compileOperation(schema, query, operationName)
      known.set(key, operation)
      return operation
    },
    counts: () => ({ hits, misses, size: known.size }),
  }
}

function compileOperation(schema: GraphQLSchema, query: string, operationName: string | undefined): CompiledOperation {
  const document = parseSafely(query)
  if (document.kind === 'invalid') return document
  const errors = validate(schema, document.document)
  if (errors.length > 0) return { kind: 'invalid', errors }
  const compiled = compileQuery(schema, document.document, operationName)
  if (!isCompiledQuery(compiled)) return { kind: 'invalid', errors: compiled.errors ?? [] }
  const defaults = requiredDefaults(document.document, operationName)
  return {
    kind: 'ready',
    run: (context, variables) =>
      compiled.query(undefined, context, defaults ? { ...defaults, ...variables } : variables),
  }
}

function parseSafely(
  query: string,
): { readonly kind: 'parsed'; readonly document: DocumentNode } | (CompiledOperation & { kind: 'invalid' }) {
  try {
    return { kind: 'parsed', document: parse(query) }
  } catch (error) {
    return { kind: 'invalid', errors: [error as GraphQLError] }
  }
}
