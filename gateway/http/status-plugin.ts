import type { ApolloServerPlugin } from '@apollo/server'
import { asksForJson } from './answer-type.ts'

/**
 * A client that asks for `application/json` by name, and not rather for `application/graphql-response+json`, is answered with status 200 whenever a GraphQL answer came about, also one that only says that the operation cannot run:
 * so the GraphQL over HTTP specification has it, as for such clients another status may come from any proxy.
 */
export const statusPlugin: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response, errors }) {
        // Most answers have no errors: what their client accepts need not be read.
        if (!errors?.every(({ extensions }) => isAboutOperation(extensions['code']))) return
        if (asksForJson(request.http?.headers.get('accept'))) response.http.status = 200
      },
    }
  },
}

const ABOUT_OPERATION: readonly unknown[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]

/** What the document or its variables are refused for, after the request itself was understood. */
function isAboutOperation(code: unknown): boolean {
  return ABOUT_OPERATION.includes(code)
}
