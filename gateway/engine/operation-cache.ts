import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { CompiledOperation } from './operation.ts'

export type OperationCache<Context> = LRUCache<string, CompiledOperation<Context>>

const OPERATIONS_MAX = 2_000
/** What is kept of an operation grows with its text: a few long ones may not take the place of all. */
const TOTAL_CHARACTERS_MAX = 500_000

/** Keeps compiled operations, bounded by their number and by the length of their texts together. */
export function createOperationCache<Context>(
  operationsMax = OPERATIONS_MAX,
  charactersMax = TOTAL_CHARACTERS_MAX,
): OperationCache<Context> {
  return new LRUCache({ max: operationsMax, maxSize: charactersMax })
}

/** How much of the cache an operation takes. */
export function sizeOf({ loc }: DocumentNode): number {
  return Math.max(1, loc?.end ?? 1)
}
