import { request } from 'undici'
import { z } from 'zod'
import type { E164 } from '../phone.ts'
import { type SimSwap, SimSwapUnavailableError } from './sim-swap.ts'

export interface SimSwapClientOptions {
  /** The API's base, such as `https://network.example/sim-swap/v2`. */
  readonly url: string
  /** Sent as the bearer; the network gives it to this cabinet. */
  readonly token: string
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 2_000
/** The network knows no such number, or does not serve it: there is nothing that a hold could rest on. */
const UNKNOWN_NUMBER_STATUSES = new Set([404, 422])

const date = z.object({ latestSimChange: z.iso.datetime({ offset: true }).nullable() })
const swapped = z.object({ swapped: z.boolean() })

/** Speaks to the network over HTTP. Rejects with `SimSwapUnavailableError` for whatever is no answer in time. */
export function createSimSwapClient(options: SimSwapClientOptions): SimSwap {
  return {
    async retrieveDate(phoneNumber) {
      const answer = await post(options, 'retrieve-date', { phoneNumber }, date)
      return answer?.latestSimChange ? new Date(answer.latestSimChange) : null
    },
    async check(phoneNumber, maxAge) {
      return (await post(options, 'check', { phoneNumber, maxAge }, swapped))?.swapped ?? false
    },
  }
}

/** Null for a number that the network does not know. */
async function post<Answer>(
  { url, token, timeoutMs = TIMEOUT_MS }: SimSwapClientOptions,
  operation: string,
  body: { readonly phoneNumber: E164; readonly maxAge?: number },
  schema: z.ZodType<Answer>,
): Promise<Answer | null> {
  try {
    const response = await request(`${url.replace(/\/$/, '')}/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.statusCode === 200) return schema.parse(await response.body.json())
    await response.body.dump()
    if (UNKNOWN_NUMBER_STATUSES.has(response.statusCode)) return null
    throw new Error(`status ${response.statusCode}`)
  } catch (error) {
    throw new SimSwapUnavailableError(`the network did not answer ${operation}`, { cause: error })
  }
}
