import type { ExecutionResult } from 'graphql'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { Transport, TransportRequest } from './transport.ts'

/** What the in-memory transport needs of a subgraph of the same process. */
export interface LocalSubgraph {
  execute(request: LocalRequest, viewer: Viewer): Promise<ExecutionResult>
  subscribe(request: LocalRequest, viewer: Viewer): Promise<AsyncIterator<ExecutionResult>>
}

type LocalRequest = Omit<TransportRequest, 'viewer'>

/** Calls a subgraph of the same process. It believes the viewer as given: nobody else can reach it this way. */
export function createLocalTransport(subgraph: LocalSubgraph): Transport {
  return {
    send: (request) => subgraph.execute(request, request.viewer),
    subscribe: (request) => subgraph.subscribe(request, request.viewer),
    close: async () => undefined,
  }
}
