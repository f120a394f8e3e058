import { request } from 'undici'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Randomness } from '../random.ts'
import type { UssdReply } from './route.ts'
import { NONCE_HEADER, SIGNATURE_HEADER, signUssd, TIME_HEADER } from './signature.ts'

export interface UssdClientOptions {
  /** The endpoint, such as `http://127.0.0.1:4000/ussd`. */
  readonly url: string
  readonly key: string
  readonly clock: Clock
  readonly random: Randomness
}

const TIMEOUT_MS = 10_000
const NONCE_BYTES = 16
const reply = z.object({ text: z.string(), action: z.enum(['CONTINUE', 'END']) })

/** Speaks as the operator's USSD gateway does: signed, each request with a nonce of its own. */
export async function sendUssd(
  { url, key, clock, random }: UssdClientOptions,
  asked: Readonly<Record<string, string>>,
): Promise<UssdReply> {
  const body = Buffer.from(JSON.stringify(asked))
  const time = String(Math.floor(clock.now().getTime() / 1000))
  const nonce = random.bytes(NONCE_BYTES).toString('hex')
  const response = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [TIME_HEADER]: time,
      [NONCE_HEADER]: nonce,
      [SIGNATURE_HEADER]: signUssd({ time, nonce, body }, key),
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.statusCode === 200) return reply.parse(await response.body.json())
  await response.body.dump()
  throw new Error(`the cabinet answered with status ${response.statusCode}`)
}
