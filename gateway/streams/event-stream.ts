import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import { z } from 'zod'
import { createStreamWriter } from '../../platform/serving/stream-writer.ts'
import { formatError } from '../errors/format.ts'
import { sendRefusal } from '../http/send-refusal.ts'
import type { EndReason } from './registry.ts'
import { onExpiry, type StreamSession } from './session.ts'
import { farewell, type StreamAnswers, type StreamRequest, type Streams } from './streams.ts'

const HEARTBEAT_MS = 12_000
const EVENT_STREAM = 'text/event-stream'

const body = z.object({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})

/** Whether a request asks for a stream of events before all else: urql names one last for queries, too. */
export function wantsEventStream({ method, headers: { accept = '' } }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'POST') && /^\s*text\/event-stream\s*(?:[,;]|$)/i.test(accept)
}

/**
 * Serves one subscription as server-sent events, as the protocol "GraphQL over SSE" has it for distinct connections:
 * each answer an event `next`, and `complete` at the end.
 */
export async function serveEventStream(
  streams: Streams,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const operation = readRequest(request)
  if (!operation) return refuse(reply, badRequest())
  let session: StreamSession
  try {
    session = await streams.authenticate(request)
  } catch (error) {
    if (error instanceof GraphQLError) return refuse(reply, error)
    throw error
  }
  let answers: StreamAnswers | undefined
  let ended: EndReason | null = null
  const end = (reason: EndReason): void => {
    ended ??= reason
    void answers?.return?.()
  }
  answers = await streams.open(operation, session, end)
  // It was to end before there was anything to be ended.
  if (ended) void answers.return?.()
  const cancelExpiry = onExpiry(session, streams.clock, () => end('TOKEN_EXPIRED'))
  reply.hijack()
  const writer = createStreamWriter(begin(reply), {
    heartbeat: ':\n\n',
    heartbeatMs: HEARTBEAT_MS,
    onClosed() {
      cancelExpiry()
      void answers.return?.()
    },
  })
  try {
    await writer.write(':\n\n')
    for await (const answer of answers) await writer.write(encode(answer))
    if (ended) await writer.write(encode(farewell(ended)))
    writer.end('event: complete\ndata:\n\n')
  } catch (error) {
    // A stream that breaks off without `complete` is taken up again by its client.
    streams.logger.error({ err: error, requestId: request.id }, 'a stream failed')
    reply.raw.destroy()
  }
  return reply
}

function begin(reply: FastifyReply): ServerResponse {
  const { raw, request } = reply
  return raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': `${EVENT_STREAM}; charset=utf-8`,
    'cache-control': 'no-cache, no-transform',
    // A connection that was kept for the next request would hold up a server that stops.
    connection: 'close',
    // Proxies that gather answers would hold back every event.
    'x-accel-buffering': 'no',
    'x-request-id': request.id,
  })
}

function encode(answer: unknown): string {
  return `event: next\ndata: ${JSON.stringify(answer)}\n\n`
}

/** By POST as JSON, or by GET in the address, where variables and extensions are JSON in a text. */
function readRequest(request: FastifyRequest): StreamRequest | null {
  const read = body.safeParse(request.method === 'GET' ? fromAddress(request.query) : request.body)
  return read.success ? read.data : null
}

const IN_JSON: readonly string[] = ['variables', 'extensions']

function fromAddress(query: unknown): unknown {
  const given = query as Record<string, unknown>
  try {
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        return [name, IN_JSON.includes(name) && typeof value === 'string' ? JSON.parse(value) : value]
      }),
    )
  } catch {
    return null
  }
}

function badRequest(): GraphQLError {
  return new GraphQLError('The request cannot be read.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  })
}

function refuse(reply: FastifyReply, error: GraphQLError): FastifyReply {
  const { status = 401, headers = [] } = (error.extensions['http'] ?? {}) as unknown as RefusalHttp
  for (const [name, value] of headers) reply.header(name, value)
  // Who came without a token is told how one is sent; who came with a bad one was told what is wrong with it.
  if (status === 401 && !reply.hasHeader('www-authenticate')) reply.header('www-authenticate', 'Bearer')
  return sendRefusal(reply, status, formatError(error.toJSON()))
}

interface RefusalHttp {
  readonly status?: number
  readonly headers?: Iterable<readonly [string, string]>
}
