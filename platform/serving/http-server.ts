import { setTimeout as sleep } from 'node:timers/promises'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Logger } from '../logger.ts'
import { STOP_TIMEOUT_MS } from './process.ts'

export interface HttpServerOptions {
  readonly logger: Logger
  /** Makes the id of a request that came without one. */
  readonly newId: () => string
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[]
  /** Throws when the process cannot serve now. */
  readonly checkReady?: () => Promise<void>
  /** What is to be seen of a process that is ready. Anybody may ask for it: nothing of the inside is said. */
  readonly remarks?: () => Readonly<Record<string, string>>
}

/** How long a check of readiness may take: balancers do not wait longer. */
const READY_TIMEOUT_MS = 1_000

const BODY_BYTES_MAX = 256 * 1024
const REQUEST_ID = /^[\w-]{8,64}$/

/** An HTTP server with what every process of ours has: health, a request id in each log line and a limit on bodies. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { logger, newId, checkReady, remarks, trustedProxies = [] } = options
  const http = fastify({
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId()
    },
  })
  http.decorate('isDraining', false)
  http.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // A connection that is kept alive would hold the process until its client lets go.
    if (http.isDraining) reply.header('connection', 'close')
  })
  http.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, id } = request
    const durationMs = Math.round(reply.elapsedTime * 10) / 10
    logger.info({ requestId: id, method, route: routeOptions.url, status: reply.statusCode, durationMs }, 'answered')
  })
  http.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reply.send(error)
    logger.error({ err: error, requestId: request.id }, 'a request failed')
    // What the error says is for us: it may name tables, or quote what was sent.
    return reply.status(500).send({ error: 'Internal Server Error' })
  })
  http.get('/health/live', async () => ({ status: 'live' }))
  http.get('/health/ready', async (_, reply) => {
    const isReady = !http.isDraining && (await succeeds(checkReady))
    return isReady ? { status: 'ready', ...remarks?.() } : reply.status(503).send({ status: 'not ready' })
  })
  return http
}

/** What is left of a process's time to stop for what comes after its connections. */
const AFTERWARDS_MS = 2_000

/**
 * Says "not ready" first and goes on serving for a while, so that balancers see it and send nobody more; then finishes
 * what is in flight and closes. Whoever has not sent or read all by the end of the process's time is cut off.
 */
export async function drainHttpServer(
  http: FastifyInstance,
  delayMs = 0,
  finishWithinMs = STOP_TIMEOUT_MS - AFTERWARDS_MS - delayMs,
): Promise<void> {
  http.isDraining = true
  await sleep(delayMs)
  const cutOff = setTimeout(() => http.server.closeAllConnections(), finishWithinMs)
  await http.close()
  clearTimeout(cutOff)
}

async function succeeds(check: (() => Promise<void>) | undefined): Promise<boolean> {
  const timeout = new AbortController()
  try {
    await Promise.race([check?.(), sleep(READY_TIMEOUT_MS, undefined, timeout).then(refuse)])
    return true
  } catch {
    return false
  } finally {
    timeout.abort()
  }
}

function refuse(): never {
  throw new Error(`not ready within ${READY_TIMEOUT_MS} ms`)
}

declare module 'fastify' {
  interface FastifyInstance {
    /** True from the moment that the process was told to stop. */
    isDraining: boolean
  }
}
