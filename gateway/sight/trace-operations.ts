import type { ApolloServerPlugin } from '@apollo/server'
import type { RouteHandlerMethod } from 'fastify'
import { inRootSpan, isTracing, nameSpan } from '../../platform/sight/tracing.ts'
import type { GatewayContext } from '../ask-subgraph.ts'
import type { OperationAdmission } from '../registered/admission.ts'

/**
 * Begins a trace with each request that is let in. It reaches back to the moment when the request came: reading its body
 * and waiting at the door are in it. What a client says of a trace of its own is not believed: it would decide how many
 * are kept. Whether traces are made is asked once, when the gateway starts.
 */
export function withTraces(handler: RouteHandlerMethod): RouteHandlerMethod {
  if (!isTracing()) return handler
  return function (request, reply) {
    return inRootSpan('request', { beganMsAgo: reply.elapsedTime }, () => handler.call(this, request, reply))
  }
}

/** Names the trace of a request when its operation is known. One that holds no operation stays a request. */
export function nameTraces({ shownName }: Pick<OperationAdmission, 'shownName'>): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          if (!operation) return
          const { operation: kind, name } = operation
          nameSpan(...operationSpan(kind, shownName(name?.value)))
        },
      }
    },
  }
}

/** What the span of an operation is called, and says of it. */
export function operationSpan(kind: string, name: string) {
  return [`${kind} ${name}`, { 'graphql.operation.name': name, 'graphql.operation.type': kind }] as const
}
