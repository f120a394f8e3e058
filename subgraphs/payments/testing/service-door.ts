import type { ExecutionResult } from 'graphql'
import { expect } from 'vitest'
import type { TestCabinet } from '../../../cli/testing/test-cabinet.ts'
import { UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import type { SubgraphName } from '../../../platform/subgraph/name.ts'

/** Asks payments for one of the mutations that are for our own parts, as one of them. */
export async function askAsService(
  cabinet: TestCabinet,
  query: string,
  service: SubgraphName = 'products',
): Promise<Record<string, unknown>> {
  const { data, errors } = await executeAsService(cabinet, query, service)
  expect(errors).toBe(undefined)
  return data?.['answer'] as Record<string, unknown>
}

/** The same, with the errors that it may come to. */
export async function executeAsService(
  { subgraphs }: TestCabinet,
  query: string,
  service: SubgraphName = 'products',
): Promise<ExecutionResult> {
  const viewer = { language: 'en', requestId: 'a request', client: UNKNOWN_CLIENT } as const
  const principal = { kind: 'service', name: service } as const
  return subgraphs.payments.execute({ query: `mutation { answer: ${query} }` }, { ...viewer, principal })
}
