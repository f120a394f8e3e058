import type { GraphQLDataSource } from '@apollo/gateway'
import { type AskedSubgraph, askSubgraph, type GatewayContext } from './ask-subgraph.ts'

type Response = Awaited<ReturnType<GraphQLDataSource<GatewayContext>['process']>>

/** A subgraph as Apollo's own executor sees it. */
export function createDataSource(asked: AskedSubgraph): GraphQLDataSource<GatewayContext> {
  return {
    async process({ request, context }) {
      const { query = '', operationName, variables = {} } = request
      const question = { query, operationName, variables, isQuery: !query.trimStart().startsWith('mutation') }
      const { data, errors } = await askSubgraph(asked, question, context as GatewayContext)
      return { data, ...(errors && { errors }) } as Response
    },
  }
}
