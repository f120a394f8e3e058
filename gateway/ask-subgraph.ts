import type { Viewer } from '../platform/identity/viewer.ts'
import type { Logger } from '../platform/logger.ts'
import { CLIENT_SPAN, inSpan } from '../platform/sight/tracing.ts'
import { type ResultError, type SubgraphResult, withoutFailedRoots } from './errors/root-errors.ts'
import { unavailableErrors } from './errors/unavailable.ts'
import { type Guard, wasRefused } from './resilience/guard.ts'
import type { ResponseCheck } from './response-shape/response-shape.ts'
import type { Timeline } from './sight/explanation.ts'
import type { Transport } from './transport/transport.ts'

/** What is handed from the HTTP request to every fetch. */
export interface GatewayContext {
  readonly viewer: Viewer
  readonly logger: Logger
  /** When the client is to have its answer, by `performance.now()`. */
  readonly answerByMs: number
  /** Of a developer who asked for it. */
  readonly timeline?: Timeline | undefined
}

/** How one subgraph is asked. */
export interface AskedSubgraph {
  readonly subgraph: string
  readonly transport: Transport
  /** Decides whether, how often and for how long it is asked. */
  readonly guard: Guard
  readonly timeoutMs: number
  /** By the supergraph that is in force when an answer comes. */
  readonly checkResponse: ResponseCheck
}

/** One operation of a query plan. */
export interface Question {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  /** Changes nothing, and so may be asked twice. */
  readonly isQuery: boolean
}

/** What a fetch gets though others have used up the time of its request: enough for one that is well. */
const TIMEOUT_MIN_MS = 100
/** Past this nothing more is begun: what was promised for the whole answer is nearly over. */
const OVERTIME_MAX_MS = 150

/**
 * Asks a subgraph, and never rejects. One that is dead, slow or answers nonsense costs its own fields: they come as
 * null, each with an error that says which part is away and when to try again.
 */
export async function askSubgraph(
  asked: AskedSubgraph,
  question: Question,
  context: GatewayContext,
): Promise<SubgraphResult> {
  const { subgraph, transport, timeoutMs, checkResponse, guard } = asked
  const { viewer, logger, answerByMs } = context
  const ask = async () => {
    const { query, operationName, variables } = question
    const result = await transport.send({ query, operationName, variables, viewer })
    const trouble = checkResponse(question, result)
    if (trouble !== null) throw new Error(`the answer${trouble}`)
    return result
  }
  const endFetch = context.timeline?.begin(subgraph)
  try {
    const leftMs = answerByMs - performance.now()
    if (leftMs < -OVERTIME_MAX_MS) throw new Error('the time of the request was over before')
    const waitMs = Math.min(timeoutMs, Math.max(TIMEOUT_MIN_MS, Math.ceil(leftMs)))
    const result = await inSpan(`fetch ${subgraph}`, CLIENT_SPAN, () =>
      guard.run(ask, { isQuery: question.isQuery, waitMs }),
    )
    return result.errors ? cleanResult(subgraph, withoutFailedRoots(question.query, result)) : result
  } catch (error) {
    // What was not sent is told once, when the breaker opens, and not by each of thousands.
    const level = wasRefused(error) ? 'debug' : 'warn'
    logger[level]({ err: error, subgraph }, 'a subgraph did not answer; its fields are null')
    return { data: null, errors: unavailableErrors(subgraph, question) as unknown as ResultError[] }
  } finally {
    endFetch?.()
  }
}

/** What we know of, and no error that hides what several subgraphs tell. */
export function cleanResult(subgraph: string, { data, errors }: SubgraphResult): SubgraphResult {
  return { data, errors: errors?.map((error) => cleanError(subgraph, error)) }
}

/** Only what we know of: Apollo Server would take HTTP statuses and headers out of an error's extensions. */
function cleanError(subgraph: string, { message, path, extensions }: ResultError): ResultError {
  const { code, reason, retryAfter } = extensions ?? {}
  const isAway = code === 'SUBGRAPH_UNAVAILABLE'
  return { message, path, extensions: { code, reason, retryAfter, ...(isAway && { subgraph }) } }
}
