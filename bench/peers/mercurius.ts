import fastify from 'fastify'
import mercurius from 'mercurius'
import { createMonolithContext, createMonolithPool } from '../home/servers/monolith/context.ts'
import { resolvers } from '../home/servers/monolith/resolvers.ts'
import { TYPE_DEFS } from '../home/servers/monolith/type-defs.ts'
import { readServerOptions } from '../home/servers/server-options.ts'
import { accountOf, createBenchAuthenticator } from '../home/servers/viewer.ts'

// The resolvers of the monolith under another server, which compiles an operation on its first use.
const options = readServerOptions()
const authenticate = createBenchAuthenticator(options.accessTokenKeys)
const pool = createMonolithPool(options.databaseUrl)
const http = fastify()
await http.register(mercurius, {
  schema: TYPE_DEFS,
  resolvers,
  jit: 1,
  context: async ({ headers }) => createMonolithContext(pool, accountOf(await authenticate(headers.authorization))),
})
await http.listen({ host: '127.0.0.1', port: options.port })
