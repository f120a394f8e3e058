import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret, Secrets } from '../../../../platform/identity/secrets.ts'
import type { E164 } from '../../../../platform/phone.ts'
import type { Randomness } from '../../../../platform/random.ts'

const DIGITS = 6

/** Six digits, each code as likely as another. */
export function drawCode(random: Randomness): string {
  return String(random.below(10 ** DIGITS)).padStart(DIGITS, '0')
}

/** A code as people type it, `123 456` too; null when it cannot be one. */
export function parseCode(text: string): string | null {
  const code = text.slice(0, TEXT_LENGTH_MAX).replaceAll(/[\s-]/g, '')
  return /^\d{6}$/.test(code) ? code : null
}

const TEXT_LENGTH_MAX = 20

/** What a code belongs to: the same digits of another number or another time have another hash. */
export interface CodeOwner {
  readonly phone: E164
  readonly id: string
}

/** The hash under which a code is stored; without the secret nobody can try the million codes against it. */
export function hashCode({ phone, id }: CodeOwner, code: string, secret: Secret): Buffer {
  return createHmac('sha256', secret.key('one-time password')).update(`${phone} ${id} ${code}`).digest()
}

/** Whether this is the code; takes as long for a wrong one as for the right one. */
export function isCode(
  owner: CodeOwner & { readonly codeHash: Buffer; readonly secretId: string },
  code: string,
  secrets: Secrets,
): boolean {
  const secret = secrets.find(owner.secretId)
  return secret !== null && timingSafeEqual(owner.codeHash, hashCode(owner, code, secret))
}
