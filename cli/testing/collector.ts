import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { z } from 'zod'

const link = z.looseObject({ traceId: z.string(), spanId: z.string() })
const request = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.looseObject({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              links: z.array(link).optional(),
            }),
          ),
        }),
      ),
    }),
  ),
})

export type CollectedSpan = z.infer<typeof request>['resourceSpans'][number]['scopeSpans'][number]['spans'][number]

/** A collector of traces, OTLP over HTTP in JSON, that keeps what it is sent. */
export async function startCollector() {
  const spans: CollectedSpan[] = []
  const server = createServer(async (incoming, response) => {
    const { resourceSpans } = request.parse(await json(incoming))
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async close() {
      server.closeAllConnections()
      await promisify(server.close.bind(server))()
    },
  }
}
