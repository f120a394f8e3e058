import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'

/** Refuses a document that does not hold the operation asked for: the gateway would make it an internal error. */
export const operationNamePlugin: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, request }) {
        if (operation) return
        const message = request.operationName
          ? 'The document holds no operation of the name in `operationName`.'
          : 'Say by `operationName` which operation of the document to run.'
        throw new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } } })
      },
    }
  },
}
