import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import fastify from 'fastify'
import { readServerOptions } from '../server-options.ts'
import { accountOf, createBenchAuthenticator } from '../viewer.ts'
import { createMonolithContext, createMonolithPool, type MonolithContext } from './context.ts'
import { resolvers } from './resolvers.ts'
import { TYPE_DEFS } from './type-defs.ts'

// The same data as one Apollo Server without federation, its dear plugin left out.
const options = readServerOptions()
const authenticate = createBenchAuthenticator(options.accessTokenKeys)
const pool = createMonolithPool(options.databaseUrl)
const apollo = new ApolloServer<MonolithContext>({
  typeDefs: TYPE_DEFS,
  resolvers,
  introspection: false,
  plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
})
await apollo.start()

const http = fastify()
http.post(
  '/graphql',
  fastifyApolloHandler(apollo, {
    context: async ({ headers }) => createMonolithContext(pool, accountOf(await authenticate(headers.authorization))),
  }),
)
await http.listen({ host: '127.0.0.1', port: options.port })
