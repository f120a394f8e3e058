import type { ExecutionResult } from 'graphql'
import { Pool } from 'undici'
import { traceparent } from '../../platform/sight/tracing.ts'
import { decodeStreamLine, STREAM_HEARTBEAT_MS } from '../../platform/subgraph/stream-protocol.ts'
import { assertExecutionResult } from './execution-result.ts'
import { CONNECTION_OPTIONS } from './http.ts'
import type { BatchTransportOptions } from './http-batch.ts'
import { readLines } from './read-lines.ts'
import type { Transport } from './transport.ts'
import { StatusError } from './transport-error.ts'

/** Past this many heartbeats that did not come, the subgraph is dead. */
const MISSED_BEATS_MAX = 3

/** Subscriptions to a subgraph of ours: each a request of its own, whose answer is a line for each result. */
export function createStreamTransport({ url, signIdentity }: BatchTransportOptions): Required<Omit<Transport, 'send'>> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, {
    ...CONNECTION_OPTIONS,
    // A stream has a connection to itself, so their number is that of the clients' streams, which is bounded.
    connections: null,
    bodyTimeout: STREAM_HEARTBEAT_MS * MISSED_BEATS_MAX,
  })
  return {
    async subscribe({ query, operationName, variables, viewer }) {
      const abort = new AbortController()
      const parent = traceparent()
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `${pathname}/stream`,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await signIdentity(viewer)}`,
          'x-request-id': viewer.requestId,
          ...(parent !== undefined && { traceparent: parent }),
        },
        body: JSON.stringify({ query, operationName, variables }),
        signal: abort.signal,
      })
      if (statusCode === 200) return readResults(body, abort)
      await body.dump()
      throw new StatusError(statusCode)
    },
    close: () => pool.destroy(),
  }
}

function readResults(body: AsyncIterable<Buffer>, abort: AbortController): AsyncIterator<ExecutionResult> {
  const lines = readLines(body)
  async function next(): Promise<IteratorResult<ExecutionResult>> {
    while (!abort.signal.aborted) {
      const { done, value = '' } = await lines.next()
      if (done) throw new Error('the stream broke off')
      const line = decodeStreamLine(value)
      if (line.kind === 'result') return { done: false, value: assertExecutionResult(line.result) }
      if (line.kind === 'end') abort.abort()
    }
    return OVER
  }
  return {
    async next() {
      try {
        return await next()
      } catch (error) {
        // Whoever waited when the stream was left alone waits no more.
        if (abort.signal.aborted) return OVER
        abort.abort()
        throw error
      }
    },
    async return() {
      abort.abort()
      return OVER
    },
  }
}

const OVER = { done: true, value: undefined } as const
