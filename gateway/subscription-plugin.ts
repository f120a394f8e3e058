import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError, OperationTypeNode } from 'graphql'

/** Refuses a subscription that comes as a query does: there is one answer to give, and a stream was asked for. */
export const subscriptionPlugin: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return
        const message =
          'Send subscriptions over a WebSocket (graphql-transport-ws) or with `accept: text/event-stream`.'
        throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } })
      },
    }
  },
}
