import { readFileSync } from 'node:fs'
import { ApolloGateway, type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import fastify from 'fastify'
import { SUPERGRAPH_PATH } from '../../../../cli/project.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { createIdentities, viewerOf } from '../identity.ts'
import { readServerOptions } from '../server-options.ts'
import { createBenchAuthenticator } from '../viewer.ts'

// Apollo's gateway as it comes, told only where the subgraphs are and to say who asks.
const options = readServerOptions()
const authenticate = createBenchAuthenticator(options.accessTokenKeys)
const identify = await createIdentities(options.gatewayKeys)

class IdentifyingDataSource extends RemoteGraphQLDataSource<Viewer> {
  readonly subgraph: string

  constructor(subgraph: string) {
    super({ url: options.subgraphUrls[subgraph] ?? '' })
    this.subgraph = subgraph
  }

  override async willSendRequest({ request, context, kind }: GraphQLDataSourceProcessOptions<Viewer>): Promise<void> {
    if (String(kind) !== 'incoming operation') return
    request.http?.headers.set('authorization', await identify(this.subgraph, context as Viewer))
  }
}

const apollo = new ApolloServer<Viewer>({
  gateway: new ApolloGateway({
    supergraphSdl: readFileSync(SUPERGRAPH_PATH, 'utf8'),
    buildService: ({ name }) => new IdentifyingDataSource(name),
  }),
  introspection: false,
  plugins: [ApolloServerPluginLandingPageDisabled()],
})
await apollo.start()

const http = fastify()
http.post(
  '/graphql',
  fastifyApolloHandler(apollo, { context: async ({ headers }) => viewerOf(await authenticate(headers.authorization)) }),
)
await http.listen({ host: '127.0.0.1', port: options.port })
