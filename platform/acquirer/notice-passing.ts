import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { request } from 'undici'
import { NOTICE_BODY_BYTES_MAX, NOTICE_PATH } from './notice-route.ts'

const TIMEOUT_MS = 20_000
/** Of the connection, or ours to say. */
const NOT_PASSED = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
  'upgrade',
])

/** Passes notices on, as they came and with where they came from, to the process that reads them. `url` is its GraphQL endpoint. */
export function passNoticesOn(http: FastifyInstance, url: string): void {
  void http.register((scope, _, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, parsed) => parsed(null, body))
    scope.post(NOTICE_PATH, { bodyLimit: NOTICE_BODY_BYTES_MAX }, async ({ headers, body, ip, id }, reply) => {
      const { statusCode, body: answer } = await request(new URL(NOTICE_PATH, url), {
        method: 'POST',
        headers: { ...passedHeaders(headers), 'x-forwarded-for': ip, 'x-request-id': id },
        body: Buffer.isBuffer(body) ? body : null,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch(() => ({ statusCode: 503, body: null }))
      await answer?.dump()
      return reply.status(statusCode).send()
    })
    done()
  })
}

function passedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !NOT_PASSED.has(name) && !name.startsWith('x-forwarded-')),
  )
}
