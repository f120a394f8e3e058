import type { ExecutionResult } from 'graphql'
import { Pool } from 'undici'
import { traceparent } from '../../platform/sight/tracing.ts'
import { assertExecutionResult } from './execution-result.ts'
import { RESPONSE_BYTES_MAX } from './read-lines.ts'
import type { Transport, TransportRequest } from './transport.ts'
import { StatusError } from './transport-error.ts'

export interface HttpTransportOptions {
  /** The subgraph's GraphQL endpoint. */
  readonly url: string
  /** Signs who asks, for this subgraph; left out for subgraphs that do not want to know. */
  readonly signIdentity?: (viewer: TransportRequest['viewer']) => Promise<string>
}

/** How connections to subgraphs are kept. The time-outs free those whose answer nobody waits for any more. */
export const CONNECTION_OPTIONS = {
  connections: 64,
  connect: { timeout: 1_000 },
  headersTimeout: 10_000,
  bodyTimeout: 10_000,
} satisfies Pool.Options

/** Nobody waits longer: the clients were promised an answer by then. One that hangs does not keep its connection. */
export const ANSWER_MAX_MS = 3_000

/** Calls a subgraph over HTTP, with connections kept alive. */
export function createHttpTransport({ url, signIdentity }: HttpTransportOptions): Transport {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, CONNECTION_OPTIONS)
  return {
    async send({ query, operationName, variables, viewer }) {
      const parent = traceparent()
      const response = await pool.request({
        method: 'POST',
        path: pathname,
        headers: {
          'content-type': 'application/json',
          ...(signIdentity && { authorization: `Bearer ${await signIdentity(viewer)}` }),
          'x-request-id': viewer.requestId,
          ...(parent !== undefined && { traceparent: parent }),
        },
        body: JSON.stringify({ query, operationName, variables }),
        signal: AbortSignal.timeout(ANSWER_MAX_MS),
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
  if (statusCode !== 200) throw new StatusError(statusCode)
  return assertExecutionResult(JSON.parse(text))
}
