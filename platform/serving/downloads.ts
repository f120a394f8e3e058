import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { request } from 'undici'

/** Opens what a link leads to; null when there is nothing, or not any more. */
export type OpenDownload = (token: string, requestId: string) => Promise<Readable | null>

const TOKEN = /^[\w-]{20,200}$/

/** Serves files to whoever brings a link's token: that alone is the right to them. */
export function serveDownloads(http: FastifyInstance, open: OpenDownload): void {
  http.get<{ Params: { token: string } }>('/downloads/:token', async ({ params, id }, reply) => {
    const file = TOKEN.test(params.token) ? await open(params.token, id) : null
    if (file === null) return reply.status(404).send({ message: 'This link was used, is over, or never was one.' })
    return reply
      .header('content-type', 'application/gzip')
      .header('content-disposition', 'attachment; filename="cabinet-data.json.gz"')
      .header('cache-control', 'no-store')
      .send(file)
  })
}

/** Fetches them from the process that has them, as they come. `url` is its GraphQL endpoint. */
export function createHttpDownload(url: string): OpenDownload {
  return async (token, requestId) => {
    const { statusCode, body } = await request(new URL(`/downloads/${token}`, url), {
      headers: { 'x-request-id': requestId },
    })
    if (statusCode === 200) return body
    await body.dump()
    if (statusCode === 404) return null
    throw new Error(`a download was answered with status ${statusCode}`)
  }
}
