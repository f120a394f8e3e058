import { type Dispatcher, errors, request } from 'undici'
import type { z } from 'zod'
import type { Logger } from '../logger.ts'
import type { Acquirer, AcquirerAnswer, RefusalCode } from './acquirer.ts'
import { paymentList, paymentObject, refundList, refundObject } from './yookassa-objects.ts'
import { amountOf, listQuery, paymentRequest, refundRequest } from './yookassa-requests.ts'

export interface YooKassaOptions {
  /** The API's base, such as `https://api.yookassa.ru/v3`. */
  readonly url: string
  readonly shopId: string
  readonly secretKey: string
  readonly logger: Logger
  readonly timeoutMs?: number
  /** Connections of the caller's own; undici's common ones if left out. */
  readonly dispatcher?: Dispatcher
}

const TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 1024 * 1024
const ID = /^[\w.-]{1,50}$/

/** Speaks YooKassa's HTTP API v3. Never throws: what is no clear answer is `unknown`. */
export function createYooKassa(options: YooKassaOptions): Acquirer {
  const payment = (path: string, body: object, key: string) =>
    send(options, { method: 'POST', path, body, key }, paymentObject)
  return {
    createPayment: (wanted, key) => payment('payments', paymentRequest(wanted), key),
    findPayment: (id) => find(options, 'payments', id, paymentObject),
    capturePayment: (id, amount, key) => payment(`payments/${idOf(id)}/capture`, { amount: amountOf(amount) }, key),
    cancelPayment: (id, key) => payment(`payments/${idOf(id)}/cancel`, {}, key),
    createRefund: (refund, key) =>
      send(options, { method: 'POST', path: 'refunds', body: refundRequest(refund), key }, refundObject),
    findRefund: (id) => find(options, 'refunds', id, refundObject),
    listPayments: (span) =>
      send(options, { method: 'GET', path: 'payments', query: listQuery(span, 'created_at') }, paymentList),
    listTaken: (span) => {
      const query = { ...listQuery(span, 'captured_at'), status: 'succeeded' }
      return send(options, { method: 'GET', path: 'payments', query }, paymentList)
    },
    listRefunds: (span) =>
      send(options, { method: 'GET', path: 'refunds', query: listQuery(span, 'created_at') }, refundList),
  }
}

/** What cannot be an id of theirs leads nowhere: a forged notice must not choose our path. */
function find<Answer>(
  options: YooKassaOptions,
  collection: 'payments' | 'refunds',
  id: string,
  schema: z.ZodType<Answer>,
): Promise<AcquirerAnswer<Answer>> {
  if (!ID.test(id)) return Promise.resolve({ kind: 'refused', code: 'NOT_FOUND' })
  return send(options, { method: 'GET', path: `${collection}/${id}` }, schema)
}

function idOf(id: string): string {
  return encodeURIComponent(id)
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  /** Of what changes something: the same for the same wish, however often it is sent. */
  readonly key?: string
}

async function send<Answer>(
  options: YooKassaOptions,
  asked: Asked,
  schema: z.ZodType<Answer>,
): Promise<AcquirerAnswer<Answer>> {
  let status: number
  let body: unknown
  try {
    const response = await request(urlOf(options, asked), requestOf(options, asked))
    status = response.statusCode
    body = await readBody(response.body)
  } catch (error) {
    return { kind: 'unknown', cause: isTimeout(error) ? 'timeout' : 'connection' }
  }
  if (status === 429) return { kind: 'unknown', cause: 'busy' }
  // Of 5xx the acquirer itself says that the outcome is not known.
  if (status >= 500 || (status > 200 && status < 400)) return { kind: 'unknown', cause: 'trouble' }
  if (status !== 200) return { kind: 'refused', code: REFUSALS[status] ?? 'OTHER' }
  const read = schema.safeParse(body)
  if (read.success) return { kind: 'done', value: read.data }
  // Where, and not what stands there: that may be of a person.
  const places = read.error.issues.map((issue) => issue.path.join('.'))
  options.logger.error({ path: asked.path, places }, 'an answer of the acquirer cannot be read')
  return { kind: 'unknown', cause: 'unreadable' }
}

const REFUSALS: Readonly<Record<number, RefusalCode>> = {
  400: 'INVALID_REQUEST',
  401: 'INVALID_CREDENTIALS',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
}

function urlOf({ url }: YooKassaOptions, { path, query }: Asked): string {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  return `${url.replace(/\/$/, '')}/${path}${search}`
}

function requestOf({ shopId, secretKey, timeoutMs = TIMEOUT_MS, dispatcher }: YooKassaOptions, asked: Asked) {
  const { method, body, key } = asked
  return {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${shopId}:${secretKey}`).toString('base64')}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotence-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
    ...(dispatcher && { dispatcher }),
  }
}

/** Undefined for what is no JSON: an answer that cannot be read. */
async function readBody(stream: Dispatcher.ResponseData['body']): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

function isTimeout(error: unknown): boolean {
  return (
    (error instanceof Error && error.name === 'TimeoutError') ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError
  )
}
