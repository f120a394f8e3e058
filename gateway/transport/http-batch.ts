import type { ExecutionResult } from 'graphql'
import { Pool } from 'undici'
import { inSharedSpan, type SpanContext, sampledSpan, traceparent } from '../../platform/sight/tracing.ts'
import { decodeAnswer, encodeBatch, encodeOperation } from '../../platform/subgraph/batch-protocol.ts'
import { TimeoutError } from '../../platform/with-timeout.ts'
import { assertExecutionResult } from './execution-result.ts'
import { ANSWER_MAX_MS, CONNECTION_OPTIONS } from './http.ts'
import { createStreamTransport } from './http-stream.ts'
import { readLines } from './read-lines.ts'
import type { Transport, TransportRequest } from './transport.ts'
import { BrokenOffError, StatusError } from './transport-error.ts'

export interface BatchTransportOptions {
  /** The subgraph's GraphQL endpoint; batches go to `/batch` below it. */
  readonly url: string
  /** Signs who asks, for this subgraph: each operation of a batch has an identity of its own. */
  readonly signIdentity: (viewer: TransportRequest['viewer']) => Promise<string>
}

const BATCH_SIZE_MAX = 100
/** Far below what a subgraph takes in one body, even when each character is three bytes. */
const BATCH_CHARACTERS_MAX = 2 * 1024 * 1024
/** Whoever has waited for a connection as long as this was told that no answer came: nothing is done for it now. */
const WAITING_MAX_MS = 2_000

/** An operation that waits for its answer. */
interface Pending {
  readonly text: string
  readonly asker: SpanContext | undefined
  readonly askedAt: number
  readonly resolve: (result: ExecutionResult) => void
  readonly reject: (error: unknown) => void
}

/**
 * Calls a subgraph of ours over HTTP: what all requests of one turn of the event loop have for it goes in one request.
 * Answers come back line by line, each when it is ready, so that none waits for a slower one.
 */
export function createBatchTransport({ url, signIdentity }: BatchTransportOptions): Transport {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, CONNECTION_OPTIONS)
  const streams = createStreamTransport({ url, signIdentity })
  const waiting: Pending[] = []
  let onTheirWay = 0

  async function sendOff(batch: readonly Pending[]): Promise<void> {
    onTheirWay++
    const askers = batch.flatMap(({ asker }) => asker ?? [])
    await inSharedSpan('batch', askers, () => sendBatch(pool, `${pathname}/batch`, batch))
    onTheirWay--
    if (waiting.length > 0) flush()
  }
  /** While all connections are taken the next batch grows: a subgraph that is slow is asked no less for it. */
  function flush(): void {
    forgetOld(waiting)
    while (waiting.length > 0 && onTheirWay < CONNECTION_OPTIONS.connections) {
      void sendOff(waiting.splice(0, batchSize(waiting)))
    }
  }
  const enqueue = (pending: Pending): void => {
    waiting.push(pending)
    if (waiting.length === 1) setImmediate(flush)
    else if (waiting.length === BATCH_SIZE_MAX) flush()
  }

  return {
    async send({ query, operationName, variables, viewer }) {
      const identity = await signIdentity(viewer)
      const { requestId } = viewer
      const text = encodeOperation({ query, operationName, variables, identity, requestId, traceparent: traceparent() })
      return new Promise((resolve, reject) => {
        enqueue({ text, asker: sampledSpan(), askedAt: performance.now(), resolve, reject })
      })
    },
    subscribe: streams.subscribe,
    async close() {
      await Promise.all([pool.close(), streams.close()])
    },
  }
}

/** How many of the first go together: at least one. */
function batchSize(waiting: readonly Pending[]): number {
  let characters = 0
  for (const [index, { text }] of waiting.entries()) {
    characters += text.length
    if (index === BATCH_SIZE_MAX || (index > 0 && characters > BATCH_CHARACTERS_MAX)) return index
  }
  return waiting.length
}

/** Takes out those that came too long ago: they are the first. */
function forgetOld(waiting: Pending[]): void {
  const since = performance.now() - WAITING_MAX_MS
  while (waiting[0] && waiting[0].askedAt < since) {
    waiting.shift()?.reject(new TimeoutError(`no connection within ${WAITING_MAX_MS} ms`))
  }
}

async function sendBatch(pool: Pool, path: string, batch: readonly Pending[]): Promise<void> {
  const unanswered = new Set(batch)
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), ANSWER_MAX_MS)
  let failure: unknown = new BrokenOffError('the subgraph closed before it had answered')
  try {
    for await (const line of readLines(await request(pool, path, batch, giveUp.signal))) settle(line, batch, unanswered)
  } catch (error) {
    failure = error
  } finally {
    clearTimeout(timer)
  }
  for (const { reject } of unanswered) reject(failure)
}

async function request(
  pool: Pool,
  path: string,
  batch: readonly Pending[],
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: encodeBatch(batch.map(({ text }) => text)),
    signal,
  })
  if (statusCode === 200) return body
  await body.dump()
  throw new StatusError(statusCode)
}

function settle(line: string, batch: readonly Pending[], unanswered: Set<Pending>): void {
  const { index, result } = decodeAnswer(line)
  const pending = batch[index]
  if (!pending || !unanswered.delete(pending)) return
  try {
    pending.resolve(assertExecutionResult(result))
  } catch (error) {
    pending.reject(error)
  }
}
