import { createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 over the body as it came, in lower-case hexadecimal. */
export function signNotice(body: Buffer, key: string): string {
  return createHmac('sha256', key).update(body).digest('hex')
}

/** Whether the signature is right; takes as long for a wrong one as for the right one. */
export function isNoticeSigned(body: Buffer, signature: string, key: string): boolean {
  const right = Buffer.from(signNotice(body, key))
  const given = Buffer.from(signature)
  return given.length === right.length && timingSafeEqual(given, right)
}
