import type { FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Clock } from '../../platform/clock.ts'
import { streamInterrupted, tooManyStreams } from '../../platform/errors.ts'
import type { Principal } from '../../platform/identity/viewer.ts'
import { mapIterator, onlyValue } from '../../platform/iterators.ts'
import type { Logger } from '../../platform/logger.ts'
import type { GatewayContext } from '../ask-subgraph.ts'
import { exceededByVariables } from '../documents/variables.ts'
import type { Engine } from '../engine/engine.ts'
import type { OperationResult } from '../engine/projection/answer.ts'
import { formatError } from '../errors/format.ts'
import { settleErrors } from '../errors/settle.ts'
import { inStreamSpan, nameStream } from '../sight/trace-streams.ts'
import { createRegistry, type EndReason, type Registry } from './registry.ts'
import { readSession, type SessionOptions, type StreamSession } from './session.ts'
import {
  type AskedSubscription,
  createSubscriptionReader,
  type ReadSubscription,
  type SubscriptionReaderOptions,
} from './subscription-reader.ts'

export interface StreamsDependencies extends SessionOptions {
  readonly engine: Engine<GatewayContext>
  /** Throws when a text that nobody has seen may not be read now. */
  readonly mayRead: (asked: AskedSubscription, sender: Pick<StreamSession, 'principal' | 'client'>) => void
  /** Throws when a stream of this cost may not be started now. */
  readonly mayStart: (cost: number, principal: Principal, address: string | null) => void
  readonly admission: SubscriptionReaderOptions['admission']
  readonly documents: SubscriptionReaderOptions['documents']
  readonly clock: Clock
  readonly newId: () => string
  readonly logger: Logger
  /** How long the fetches of one event may take together. */
  readonly answerWithinMs: number
}

/** What a client asks to be told of. */
export interface StreamRequest extends AskedSubscription {
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

/** An answer as it leaves. */
export interface StreamAnswer {
  readonly data?: OperationResult['data']
  readonly errors?: readonly GraphQLFormattedError[]
}

/** The subscriptions of all clients, whichever way they come. */
export interface Streams {
  readonly clock: Clock
  readonly logger: Logger
  /** The connections that may carry several streams, and the streams, each bounded for one person. */
  readonly sockets: Registry
  readonly streams: Registry
  authenticate(
    request: Pick<FastifyRequest, 'ip' | 'headers'>,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<StreamSession>
  read(request: StreamRequest, session: StreamSession): ReadSubscription
  /** Opens a stream; what is wrong comes as its only answer. `end` is called when others want it ended. */
  open(request: StreamRequest, session: StreamSession, end: (reason: EndReason) => void): Promise<StreamAnswers>
  /** Ends the streams of a session that was ended. */
  endStreamsOf(sessionId: string): void
  /** Ends all streams: their clients go on elsewhere. */
  close(): void
}

export type StreamAnswers = AsyncIterableIterator<StreamAnswer>

/** More than any front end has windows for. */
const STREAMS_MAX_FOR_ONE = 10
const SOCKETS_MAX_FOR_ONE = 10

export function createStreams(dependencies: StreamsDependencies): Streams {
  const { clock, logger } = dependencies
  const sockets = createRegistry(SOCKETS_MAX_FOR_ONE)
  const streams = createRegistry(STREAMS_MAX_FOR_ONE)
  const readText = createSubscriptionReader(dependencies)
  const read: Streams['read'] = (request, session) => {
    const refusal = refusalBy(() => dependencies.mayRead(request, session))
    return refusal ? { kind: 'refused', errors: [refusal] } : readText(request, session.principal)
  }
  return {
    clock,
    logger,
    sockets,
    streams,
    authenticate: (request, params) => readSession(dependencies, request, params),
    read,
    open: (request, session, end) =>
      inStreamSpan(async () => {
        const found = read(request, session)
        if (found.kind === 'refused') return onlyValue(formatAnswer({ errors: found.errors }))
        const { principal, client } = session
        const refusal =
          exceededByVariables(request.variables) ??
          refusalBy(() => dependencies.mayStart(found.cost, principal, client.address))
        if (refusal) return onlyValue(formatAnswer({ errors: [refusal] }))
        const leave = streams.enter({ principal, end })
        if (!leave) return onlyValue(formatAnswer({ errors: [tooManyStreams(STREAMS_MAX_FOR_ONE)] }))
        try {
          const createContext = contextMaker(session, dependencies)
          const inEvent = nameStream(found.name)
          const answers = await found.subscription.open(request.variables ?? {}, createContext, inEvent)
          return leaving(mapIterator(answers, formatAnswer), leave)
        } catch (error) {
          leave()
          throw error
        }
      }),
    endStreamsOf(sessionId) {
      sockets.endSession(sessionId)
      streams.endSession(sessionId)
    },
    close() {
      sockets.endAll()
      streams.endAll()
    },
  }
}

/** What a limit throws; null when it lets one go on. */
function refusalBy(limit: () => void): GraphQLError | null {
  try {
    limit()
    return null
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

/** Makes what the fetches of each event are sent with: the same viewer, a time limit of its own. */
function contextMaker(
  { principal, language, client }: StreamSession,
  { newId, logger, answerWithinMs }: StreamsDependencies,
): () => GatewayContext {
  const requestId = newId()
  const viewer = { principal, language, client, requestId }
  const log = logger.child({ requestId })
  return () => ({ viewer, logger: log, answerByMs: performance.now() + answerWithinMs })
}

/** Frees the place when the stream is over, in whichever way. */
function leaving(answers: StreamAnswers, leave: () => void): StreamAnswers {
  return {
    async next() {
      try {
        const result = await answers.next()
        if (result.done) leave()
        return result
      } catch (error) {
        leave()
        throw error
      }
    },
    async return() {
      leave()
      await answers.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** The same last look that answers of queries get. */
function formatAnswer({ data, errors }: OperationResult): StreamAnswer {
  if (!errors) return { data: data ?? null }
  const formatted = settleErrors(
    errors.map((error) => formatError(error.toJSON())),
    data,
  )
  return data === undefined ? { errors: formatted } : { data, errors: formatted }
}

/** The last answer of a stream that is ended for a reason: what its client is to do is in the code. */
export function farewell(reason: EndReason): StreamAnswer {
  if (reason === 'STOPPING') return formatAnswer({ errors: [streamInterrupted()] })
  const message =
    reason === 'TOKEN_EXPIRED'
      ? 'The access token has expired. Refresh the session and subscribe again.'
      : 'The session has ended. Sign in again.'
  return formatAnswer({ errors: [new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', reason } })] })
}
