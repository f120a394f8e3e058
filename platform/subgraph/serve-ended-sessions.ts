import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { JWTVerifyGetKey } from 'jose'
import type { Clock } from '../clock.ts'
import type { EndedSessionFeed } from '../identity/ended-sessions.ts'
import { verifyInternalToken } from '../identity/internal-token.ts'

export interface EndedSessionServerOptions {
  readonly feed: EndedSessionFeed
  /** Finds the public keys of gateways. */
  readonly findKey: JWTVerifyGetKey
  readonly clock: Clock
  readonly heartbeatMs?: number
}

/** Where it is served, and what is sent so that silence means a dead connection. */
const ENDED_SESSIONS_PATH = '/revocations'
const HEARTBEAT_MS = 1_000
/** A gateway that reads so slowly is better off beginning anew. */
const UNREAD_BYTES_MAX = 128 * 1024 * 1024
const LINE_SESSIONS_MAX = 1_000

/** A stream for gateways: each line is a list of sessions that ended, first of all that matter, or is empty. */
export function serveEndedSessions(http: FastifyInstance, options: EndedSessionServerOptions): void {
  const { feed, findKey, clock, heartbeatMs = HEARTBEAT_MS } = options
  const streams = new Set<ServerResponse>()
  http.get(ENDED_SESSIONS_PATH, async (request, reply) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const identity = await verifyInternalToken(token, 'accounts', findKey, clock)
    if (identity?.issuer !== 'gateway') {
      return reply
        .status(401)
        .send({ errors: [{ message: 'Only gateways may hear this.', extensions: { code: 'UNAUTHENTICATED' } }] })
    }
    reply.hijack()
    stream(reply.raw, { feed, heartbeatMs, streams })
  })
  // A stream has no end of its own, and would hold a process that stops.
  http.addHook('preClose', async () => {
    for (const response of streams) response.end()
  })
}

function stream(
  response: ServerResponse,
  {
    feed,
    heartbeatMs,
    streams,
  }: {
    readonly feed: EndedSessionFeed
    readonly heartbeatMs: number
    readonly streams: Set<ServerResponse>
  },
): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const write = (line: string): void => {
    if (response.writableEnded) return
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy()
    else response.write(`${line}\n`)
  }
  const unsubscribe = feed.subscribe((ended) => {
    for (let start = 0; start < ended.length; start += LINE_SESSIONS_MAX) {
      write(JSON.stringify(ended.slice(start, start + LINE_SESSIONS_MAX)))
    }
  })
  write('')
  const heartbeat = setInterval(() => write(''), heartbeatMs)
  streams.add(response)
  response.once('close', () => {
    clearInterval(heartbeat)
    unsubscribe()
    streams.delete(response)
  })
}
