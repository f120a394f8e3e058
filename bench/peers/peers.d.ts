// The peers are installed when the bench first runs, so the type check of the project cannot count on their types: this
// is the little that the bench uses of them.

declare module 'mercurius' {
  import type { FastifyPluginAsync, FastifyRequest } from 'fastify'

  const plugin: FastifyPluginAsync<{
    readonly schema: string
    readonly resolvers: object
    readonly jit: number
    readonly context: (request: FastifyRequest) => Promise<object>
  }>

  export = plugin
}

declare module '@graphql-hive/gateway-runtime' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export function createGatewayRuntime(
    options: object,
  ): (request: IncomingMessage, response: ServerResponse, context: object) => unknown
}

declare module '@graphql-hive/router-runtime' {
  export const unifiedGraphHandler: unknown
}
