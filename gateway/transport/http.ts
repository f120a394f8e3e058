import type { ExecutionResult } from 'graphql'
import { Pool } from 'undici'
import type { Transport, TransportRequest } from './transport.ts'

export interface HttpTransportOptions {
  /** The subgraph's GraphQL endpoint. */
  readonly url: string
  /** Signs who asks, for this subgraph; left out for subgraphs that do not want to know. */
  readonly signIdentity?: (viewer: TransportRequest['viewer']) => Promise<string>
}

const CONNECTIONS_MAX = 64
const CONNECT_TIMEOUT_MS = 1_000
/** Frees the connection of an answer that nobody waits for any more. */
const ANSWER_TIMEOUT_MS = 10_000
const RESPONSE_BYTES_MAX = 8 * 1024 * 1024

/** Calls a subgraph over HTTP, with connections kept alive. */
export function createHttpTransport({ url, signIdentity }: HttpTransportOptions): Transport {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  })
  return {
    async send({ query, operationName, variables, viewer }) {
      const response = await pool.request({
        method: 'POST',
        path: pathname,
        headers: {
          'content-type': 'application/json',
          ...(signIdentity && { authorization: `Bearer ${await signIdentity(viewer)}` }),
          'x-request-id': viewer.requestId,
        },
        body: JSON.stringify({ query, operationName, variables }),
      })
      return readResult(response.statusCode, await readText(response.body))
    },
    close: () => pool.close(),
  }
}

/** Reads a body up to a limit, so that a broken subgraph cannot fill the gateway's memory. */
async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > RESPONSE_BYTES_MAX) throw new Error(`the answer is longer than ${RESPONSE_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function readResult(statusCode: number, text: string): ExecutionResult {
  if (statusCode !== 200) throw new Error(`the subgraph answered with HTTP status ${statusCode}`)
  const result: unknown = JSON.parse(text)
  if (!isExecutionResult(result)) throw new Error('the answer is not a GraphQL result')
  return result
}

function isExecutionResult(value: unknown): value is ExecutionResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { data, errors } = value as { data?: unknown; errors?: unknown }
  const hasData = typeof data === 'object' && data !== null && !Array.isArray(data)
  const hasErrors = Array.isArray(errors) && errors.every((error) => typeof error?.message === 'string')
  return (hasData && (errors === undefined || hasErrors)) || ((data === undefined || data === null) && hasErrors)
}
