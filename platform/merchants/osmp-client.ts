import { type Dispatcher, request } from 'undici'
import { formatKopecks } from '../money.ts'
import {
  MERCHANT_TIMEOUT_MS,
  type MerchantAnswer,
  type MerchantPayment,
  type Merchants,
  type UnknownCause,
} from './merchants.ts'
import { readOsmpAnswer } from './osmp-answer.ts'

/** Where a merchant is asked, and as whom. */
export interface MerchantEndpoint {
  readonly id: string
  readonly url: string
  readonly user?: string | undefined
  readonly password?: string | undefined
}

export interface OsmpOptions {
  readonly endpoints: readonly MerchantEndpoint[]
  /** In whose time moments are written: that of the payment systems of the country. */
  readonly timeZone?: string
  readonly timeoutMs?: number
}

const ANSWER_BYTES_MAX = 64 * 1024

/**
 * Speaks the protocol of providers of payment systems (OSMP): `GET ?command=check|pay&txn_id=&txn_date=&account=&sum=`,
 * answered in XML with a `result`. `pay` with the same `txn_id` pays once.
 */
export function createOsmp({
  endpoints,
  timeZone = 'Europe/Moscow',
  timeoutMs = MERCHANT_TIMEOUT_MS,
}: OsmpOptions): Merchants {
  const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })

  async function ask(command: 'check' | 'pay', payment: MerchantPayment): Promise<MerchantAnswer> {
    const endpoint = byId.get(payment.merchantId)
    if (!endpoint) return { kind: 'unknown', cause: 'not-configured' }
    const url = new URL(endpoint.url)
    const written = { ...queryOf(payment), txn_date: format.format(payment.at).replace(/\D/g, '') }
    for (const [name, value] of Object.entries({ command, ...written })) url.searchParams.set(name, value)
    const text = await get(url, { endpoint, timeoutMs })
    return typeof text === 'string' ? readOsmpAnswer(text, payment.transactionId) : text
  }

  return { check: (question) => ask('check', question), pay: (payment) => ask('pay', payment) }
}

function queryOf({ transactionId, reference, amount }: MerchantPayment): Record<string, string> {
  return { txn_id: transactionId, account: reference, sum: formatKopecks(amount) }
}

async function get(
  url: URL,
  { endpoint: { user, password }, timeoutMs }: { readonly endpoint: MerchantEndpoint; readonly timeoutMs: number },
): Promise<string | MerchantAnswer> {
  const secret = Buffer.from(`${user}:${password}`).toString('base64')
  try {
    const { statusCode, body } = await request(url, {
      headers: { accept: 'text/xml', ...(user !== undefined && { authorization: `Basic ${secret}` }) },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await readText(body)
    // Whatever an error page says, it does not say how the payment ended.
    return statusCode === 200 && text !== null ? text : unknown(text === null ? 'unreadable' : 'trouble')
  } catch (error) {
    return unknown(error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'connection')
  }
}

/** Null for what is too long to be an answer; the rest of it is not read. */
async function readText(body: Dispatcher.ResponseData['body']): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function unknown(cause: UnknownCause): MerchantAnswer {
  return { kind: 'unknown', cause }
}
