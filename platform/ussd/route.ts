import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { LANGUAGES } from '../languages.ts'
import { parseE164 } from '../phone.ts'
import { isSigned, NONCE_HEADER, SIGNATURE_HEADER, TIME_HEADER } from './signature.ts'

const ussdBody = z.object({
  /** The network's own, the same for all requests of a session. */
  sessionId: z.string().min(1).max(100),
  /** In E.164, with or without the plus. */
  msisdn: z
    .string()
    .transform((text) => parseE164(text.startsWith('+') ? text : `+${text}`))
    .pipe(z.custom<NonNullable<ReturnType<typeof parseE164>>>((phone) => phone !== null, 'is no number in E.164')),
  /** The code that was dialled, such as `*100#`; later what was typed. */
  text: z.string().max(182),
  phase: z.enum(['BEGIN', 'CONTINUE', 'END']),
  language: z.enum(LANGUAGES).default('ru'),
})
export type UssdRequest = z.output<typeof ussdBody>

export interface UssdReply {
  /** At most 182 characters of GSM 7-bit, or 70 of UCS-2: one screen. */
  readonly text: string
  /** Whether the telephone asks for more. */
  readonly action: 'CONTINUE' | 'END'
}

export interface UssdServices {
  /** Shared with the network's USSD gateway. */
  readonly key: string
  readonly clock: Clock
  /** Takes a nonce for good; false when it was taken before. */
  readonly takeNonce: (nonce: string) => Promise<boolean>
  readonly answer: (request: UssdRequest, requestId: string) => Promise<UssdReply>
}

/** Older or newer than this by our clock, a request is not believed; nonces are remembered for longer. */
export const USSD_WINDOW_SECONDS = 60
const BODY_BYTES_MAX = 4 * 1024
const NONCE = /^[\w-]{16,100}$/
const REFUSED = { message: 'The request is not signed, is stale, or was taken before.' }

/** Takes requests of the operator's USSD gateway. Its signature is all that says whose telephone it is. */
export function serveUssd(http: FastifyInstance, services: UssdServices): void {
  void http.register((scope, _, done) => {
    scope.removeAllContentTypeParsers()
    // What is signed is the body as it came.
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, parsed) => parsed(null, body))
    scope.post('/ussd', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      if (!(await isBelieved(request, services))) return reply.status(401).send(REFUSED)
      const asked = readBody(request.body as Buffer)
      if (!asked) return reply.status(400).send({ message: 'The body cannot be read.' })
      return services.answer(asked, request.id)
    })
    done()
  })
}

async function isBelieved({ headers, body }: FastifyRequest, services: UssdServices): Promise<boolean> {
  const [time, nonce, signature] = [headers[TIME_HEADER], headers[NONCE_HEADER], headers[SIGNATURE_HEADER]]
  if (typeof time !== 'string' || typeof nonce !== 'string' || typeof signature !== 'string') return false
  if (!Buffer.isBuffer(body) || !NONCE.test(nonce) || !/^\d{1,12}$/.test(time)) return false
  if (!isSigned({ time, nonce, body }, signature, services.key)) return false
  const ageSeconds = Math.abs(services.clock.now().getTime() / 1000 - Number(time))
  return ageSeconds <= USSD_WINDOW_SECONDS && services.takeNonce(nonce)
}

function readBody(body: Buffer): UssdRequest | null {
  try {
    return ussdBody.parse(JSON.parse(body.toString('utf8')))
  } catch {
    return null
  }
}
