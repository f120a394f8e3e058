import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import { invariant } from '../../platform/invariant.ts'
import type { GatewayContext } from '../ask-subgraph.ts'
import type { AskedOperation } from '../registered/admission.ts'
import { rememberAnswerTypes } from './answer-type.ts'
import { sendRefusal } from './send-refusal.ts'

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<GatewayContext>
  readonly createContext: (request: FastifyRequest) => Promise<GatewayContext>
  /** The text that a request runs; throws for one that may not be run. */
  readonly textFor: (asked: AskedOperation, context: GatewayContext) => string | undefined
}

/**
 * Answers queries and mutations, by POST and GET. Apollo Server gets every operation as a text, by whatever name it was
 * asked for; it makes the context before it reads the request, so there is the place to put the text in.
 */
export function createGraphqlRoute({ apollo, createContext, textFor }: GraphqlRouteOptions) {
  const answerType = rememberAnswerTypes()
  return async (request: FastifyRequest, reply: FastifyReply): Promise<string | FastifyReply> => {
    // Before anything is done: who cannot read the answer would not know that it was.
    if (answerType(request.headers.accept) === null) return sendRefusal(reply, 406, NOT_ACCEPTABLE)
    const httpGraphQLRequest = toApollo(request)
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      async context() {
        const context = await createContext(request)
        putText(httpGraphQLRequest, (asked) => textFor(asked, context))
        return context
      },
    })
    // What is answered is one person's, and by GET too: nobody between keeps it.
    reply.header('cache-control', 'no-store')
    for (const [name, value] of headers) reply.header(name, value)
    reply.code(status ?? 200)
    invariant(body.kind === 'complete', 'an answer comes in one piece (docs/decisions/0022)')
    return body.string
  }
}

const NOT_ACCEPTABLE: GraphQLFormattedError = {
  message: 'Accept `application/graphql-response+json` or `application/json`: answers come as one of them.',
  extensions: { code: 'BAD_REQUEST' },
}

/** What a request says of its operation, as far as that can be read. */
export function askedBy({ method, query, body }: FastifyRequest): AskedOperation {
  if (!isRead(method)) return isRecord(body) ? body : {}
  const given = query as Readonly<Record<string, unknown>>
  const { extensions } = given
  return { ...given, extensions: typeof extensions === 'string' ? parseExtensions(extensions) : undefined }
}

/** The address says what is asked for. */
function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function toApollo({ body, method, headers, url }: FastifyRequest): HTTPGraphQLRequest {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers)) if (value) map.set(name, String(value))
  const mark = url.indexOf('?')
  return { body, method: isRead(method) ? 'GET' : method, headers: map, search: mark === -1 ? '' : url.slice(mark) }
}

type TextFor = (asked: AskedOperation) => string | undefined

function putText(request: HTTPGraphQLRequest, textFor: TextFor): void {
  if (request.method === 'GET') request.search = withTextInAddress(request.search, textFor)
  else if (isRecord(request.body)) request.body = withText(request.body, textFor)
}

/**
 * What is malformed besides stays as it is: Apollo Server says what is wrong with it. It takes an empty name for a name,
 * and nobody's is empty.
 */
function withText(body: Readonly<Record<string, unknown>>, textFor: TextFor): unknown {
  if (body['query'] !== undefined && body['query'] !== null && typeof body['query'] !== 'string') return body
  const { documentId: _, operationName, extensions, ...rest } = body
  const named = operationName === undefined || operationName === '' ? {} : { operationName }
  return { ...rest, ...named, query: textFor(body), ...withoutId(extensions) }
}

function withTextInAddress(search: string, textFor: TextFor): string {
  const given = new URLSearchParams(search)
  // Which of two texts was meant nobody knows: Apollo Server refuses both.
  if (['query', 'extensions'].some((name) => given.getAll(name).length > 1)) return search
  const extensions = parseExtensions(given.get('extensions'))
  const asked = { query: given.get('query'), documentId: given.get('documentId'), extensions }
  const text = textFor(asked)
  if (text !== undefined) given.set('query', text)
  if (given.get('operationName') === '') given.delete('operationName')
  if (isRecord(extensions)) {
    given.delete('extensions')
    const { extensions: rest } = withoutId(extensions)
    if (rest !== undefined) given.set('extensions', JSON.stringify(rest))
  }
  return `?${given}`
}

function parseExtensions(text: string | null): unknown {
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The id has done its work: Apollo Server would take it for one of its own persisted queries. */
function withoutId(extensions: unknown): { readonly extensions?: unknown } {
  if (!isRecord(extensions)) return extensions === undefined ? {} : { extensions }
  const { persistedQuery: _, ...rest } = extensions
  return Object.keys(rest).length === 0 ? {} : { extensions: rest }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
