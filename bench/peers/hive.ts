import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'
import { SUPERGRAPH_PATH } from '../../cli/project.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import { createIdentities, viewerOf } from '../home/servers/identity.ts'
import { readServerOptions } from '../home/servers/server-options.ts'
import { createBenchAuthenticator } from '../home/servers/viewer.ts'

// Hive Gateway with what made it fastest here: the Rust query planner and its executor, Node's own fetch (a third less
// than its own), no jit (a third more), nothing that logs or counts.
const options = readServerOptions()
const authenticate = createBenchAuthenticator(options.accessTokenKeys)
const identify = await createIdentities(options.gatewayKeys)

/** No two viewers ask a subgraph the same, so there is nothing to find by looking for it. */
const HTTP_OPTIONS = { deduplicateInflightRequests: false }

const gateway = createGatewayRuntime({
  fetchAPI: { fetch: (url: string, init: RequestInit) => globalThis.fetch(url, init) },
  supergraph: readFileSync(SUPERGRAPH_PATH, 'utf8'),
  unifiedGraphHandler,
  transportEntries: Object.fromEntries(
    Object.entries(options.subgraphUrls).map(([name, location]) => [name, { location, options: HTTP_OPTIONS }]),
  ),
  // Not by a hook on fetches: equal queries that wait for an answer at once are taken for one before those hooks run,
  // and one viewer was given another's numbers.
  propagateHeaders: {
    fromClientToSubgraphs: async ({ subgraphName, context }: Propagation) => ({
      authorization: await identify(subgraphName, context.viewer),
    }),
  },
  logging: false,
  requestId: false,
  graphiql: false,
  landingPage: false,
})

interface Propagation {
  readonly subgraphName: string
  readonly context: { readonly viewer: Viewer }
}

createServer((request, response) => {
  authenticate(request.headers.authorization).then(
    (principal) => gateway(request, response, { viewer: viewerOf(principal) }),
    () => response.writeHead(401).end(),
  )
}).listen(options.port, '127.0.0.1')
