import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Secret, Secrets } from '../../../../platform/identity/secrets.ts'

/** What a captcha's id says: a captcha that nobody has answered takes no place in the database. */
export interface CaptchaName {
  readonly id: string
  readonly kind: 'PICTURE' | 'PROOF_OF_WORK'
  readonly expiresAt: Date
  /** A keyed hash of what has to be shown: the characters of a picture, or the signature of a challenge. */
  readonly shownHash: string
}

const fields = z.tuple([z.uuid(), z.enum(['PICTURE', 'PROOF_OF_WORK']), z.int(), z.string()])

/** The id that is given away: the name, and a code over it that only we can make. */
export function formatCaptchaId({ id, kind, expiresAt, shownHash }: CaptchaName, secret: Secret): string {
  const body = Buffer.from(JSON.stringify([id, kind, expiresAt.getTime(), shownHash])).toString('base64url')
  return `${secret.id}.${body}.${code(body, secret)}`
}

/** The name and the secret that it was made with; null when the id is not one of ours. */
export function readCaptchaId(text: string, secrets: Secrets): { name: CaptchaName; secret: Secret } | null {
  const [secretId = '', body = '', given = ''] = text.slice(0, ID_LENGTH_MAX).split('.')
  const secret = secrets.find(secretId)
  if (!secret || !isSame(given, code(body, secret))) return null
  const [id, kind, expiresAt, shownHash] = fields.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
  return { name: { id, kind, expiresAt: new Date(expiresAt), shownHash }, secret }
}

const ID_LENGTH_MAX = 1_000

/** Bound to the captcha: the same characters of another one have another hash. */
export function hashShown(id: string, shown: string, secret: Secret): string {
  return createHmac('sha256', secret.key('captcha answer')).update(`${id} ${shown}`).digest('base64url')
}

/** Takes as long for a wrong text as for the right one. */
export function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function code(body: string, secret: Secret): string {
  return createHmac('sha256', secret.key('captcha id')).update(body).digest('base64url')
}
