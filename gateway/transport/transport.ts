import type { ExecutionResult } from 'graphql'
import type { Viewer } from '../../platform/identity/viewer.ts'

/** One operation of a query plan, on its way to a subgraph. */
export interface TransportRequest {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly viewer: Viewer
}

/** How operations reach one subgraph: in memory or over HTTP. Rejects when no GraphQL answer came back. */
export interface Transport {
  send(request: TransportRequest): Promise<ExecutionResult>
  /**
   * Opens the stream of a subscription; rejects when none came about. The stream rejects when it breaks off. Left out
   * where a subgraph has no streams that we know of.
   */
  subscribe?(request: TransportRequest): Promise<AsyncIterator<ExecutionResult>>
  close(): Promise<void>
}
