import type { ExecutionResult } from 'graphql'
import { withTimeout } from '../platform/with-timeout.ts'
import { type AskedSubgraph, cleanResult, type GatewayContext, type Question } from './ask-subgraph.ts'
import type { ResultError, SubgraphResult } from './errors/root-errors.ts'
import { unavailableErrors } from './errors/unavailable.ts'

/**
 * Opens a stream of a subgraph, and never rejects. A subgraph that is dead, or dies, ends the stream with a result that
 * says so: the client opens another, after the last event that it has seen.
 */
export async function streamSubgraph(
  asked: AskedSubgraph,
  question: Question,
  context: GatewayContext,
): Promise<AsyncIterator<SubgraphResult>> {
  const { subgraph, checkResponse } = asked
  let isOver = false
  const breakOff = (error: unknown): IteratorResult<SubgraphResult> => {
    isOver = true
    context.logger.warn({ err: error, subgraph }, 'a stream of a subgraph broke off')
    return { done: false, value: { data: null, errors: unavailableErrors(subgraph, question) as ResultError[] } }
  }
  const opened = await open(asked, question, context).catch((error: unknown) => breakOff(error))
  if (!('next' in opened)) return { next: once(opened) }

  return {
    async next() {
      if (isOver) return OVER
      try {
        const { done, value } = await opened.next()
        if (done) return OVER
        const trouble = checkResponse(question, value)
        if (trouble !== null) throw new Error(`the event${trouble}`)
        return { done: false, value: value.errors ? cleanResult(subgraph, value) : value }
      } catch (error) {
        void opened.return?.()
        return breakOff(error)
      }
    },
    async return() {
      isOver = true
      await opened.return?.()
      return OVER
    },
  }
}

async function open(
  { subgraph, transport, timeoutMs }: AskedSubgraph,
  question: Question,
  { viewer }: GatewayContext,
): Promise<AsyncIterator<ExecutionResult>> {
  if (!transport.subscribe) throw new Error(`${subgraph} has no streams`)
  const opening = transport.subscribe({ ...question, viewer })
  try {
    return await withTimeout(opening, timeoutMs)
  } catch (error) {
    // One that comes when nobody waits for it any more is closed.
    opening.then(
      (late) => late.return?.(),
      () => undefined,
    )
    throw error
  }
}

function once<Value>(result: IteratorResult<Value>): () => Promise<IteratorResult<Value>> {
  let isTold = false
  return async () => {
    if (isTold) return OVER
    isTold = true
    return result
  }
}

const OVER = { done: true, value: undefined } as const
