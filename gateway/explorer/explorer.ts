import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { createGraphiqlPage } from './graphiql-page.ts'
import { renderSandboxPage } from './sandbox-page.ts'

const HOME_QUERY = new URL('../../schema/operations/home.graphql', import.meta.url)
/** Whence the Sandbox asks. */
export const SANDBOX_ORIGIN = 'https://studio.apollographql.com'

/**
 * Two explorers for developers, both opened with the home query: `/` is Apollo's Sandbox, which lives on the internet,
 * `/explorer` is GraphiQL out of our own dependencies, which needs none. A token for them comes in the address's
 * fragment (`#token=…`): a browser keeps that to itself, so it is in no log.
 */
export async function addExplorers(http: FastifyInstance): Promise<void> {
  const query = await readFile(HOME_QUERY, 'utf8')
  const graphiql = createGraphiqlPage(query)
  const sandbox = renderSandboxPage(query)
  http.get('/', (_, reply) => reply.headers(sandbox.headers).send(sandbox.html))
  http.get('/explorer', async (request, reply) => {
    const { status, headers, body } = await graphiql(request.headers)
    return reply.status(status).headers(headers).send(body)
  })
}
