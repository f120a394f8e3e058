import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Randomness } from '../random.ts'
import type { Secrets } from './secrets.ts'

const IV_BYTES = 12
const TAG_BYTES = 16

/** Makes a text unreadable to whoever has the database only: AES-256-GCM, as `<secret's id>.<base64url>`. */
export function seal(text: string, purpose: string, { current }: Secrets, random: Randomness): string {
  const iv = random.bytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', current.key(purpose), iv)
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${current.id}.${sealed.toString('base64url')}`
}

/** The text; null when the secret is not known any more, or what was sealed is not whole. */
export function unseal(sealed: string, purpose: string, secrets: Secrets): string | null {
  const [id = '', body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  const secret = secrets.find(id)
  if (!secret || bytes.length < IV_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv('aes-256-gcm', secret.key(purpose), bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}
