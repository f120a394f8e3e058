import { createHmac, timingSafeEqual } from 'node:crypto'

/** What the network signs of a request: its body, when it was sent, and something it never sends again. */
export interface SignedRequest {
  /** Seconds since 1970, as text. */
  readonly time: string
  readonly nonce: string
  readonly body: Buffer
}

export const TIME_HEADER = 'x-ussd-time'
export const NONCE_HEADER = 'x-ussd-nonce'
export const SIGNATURE_HEADER = 'x-ussd-signature'

/** HMAC-SHA256 over time, nonce and body, one a line, in lower-case hexadecimal. */
export function signUssd({ time, nonce, body }: SignedRequest, key: string): string {
  return createHmac('sha256', key).update(`${time}\n${nonce}\n`).update(body).digest('hex')
}

/** Whether the signature is right; takes as long for a wrong one as for the right one. */
export function isSigned(request: SignedRequest, signature: string, key: string): boolean {
  const right = Buffer.from(signUssd(request, key))
  const given = Buffer.from(signature)
  return given.length === right.length && timingSafeEqual(given, right)
}
