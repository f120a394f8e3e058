import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../../../platform/identity/secrets.ts'

/** What a refresh token names: a session, and which of its tokens in a row it is. */
export interface RefreshTokenName {
  readonly personId: string
  readonly sessionId: string
  readonly generation: number
}

const UUID_BYTES = 16
const GENERATION_BYTES = 4
const NAME_BYTES = 2 * UUID_BYTES + GENERATION_BYTES
const MAC_BYTES = 32
const TOKEN = new RegExp(`^[\\w-]{${Math.ceil(((NAME_BYTES + MAC_BYTES) * 4) / 3)}}$`)

/**
 * Makes the token: the name and a code over it. The code needs the process's secret and the session's own seed, so
 * neither the database nor the environment alone is enough to make one; and the same name gives the same token, so a
 * tab that comes second gets the very token the first one got.
 */
export function formatRefreshToken(name: RefreshTokenName, secret: Secret, seed: Buffer): string {
  const bytes = nameBytes(name)
  return Buffer.concat([bytes, code(bytes, secret, seed)]).toString('base64url')
}

/** What a token says of itself, believed by nobody yet; null when it cannot be one of ours. */
export function readRefreshTokenName(token: string): RefreshTokenName | null {
  if (!TOKEN.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  return {
    personId: uuidText(bytes.subarray(0, UUID_BYTES)),
    sessionId: uuidText(bytes.subarray(UUID_BYTES, 2 * UUID_BYTES)),
    generation: bytes.readUInt32BE(2 * UUID_BYTES),
  }
}

/** Whether the token was made with this secret and seed; takes as long for a wrong one as for a right one. */
export function isGenuine(token: string, secret: Secret, seed: Buffer): boolean {
  const bytes = Buffer.from(token, 'base64url')
  return timingSafeEqual(bytes.subarray(NAME_BYTES), code(bytes.subarray(0, NAME_BYTES), secret, seed))
}

function nameBytes({ personId, sessionId, generation }: RefreshTokenName): Buffer {
  const last = Buffer.alloc(GENERATION_BYTES)
  last.writeUInt32BE(generation)
  return Buffer.concat([uuidBytes(personId), uuidBytes(sessionId), last])
}

function code(name: Buffer, secret: Secret, seed: Buffer): Buffer {
  return createHmac('sha256', secret.key('refresh token')).update(seed).update(name).digest()
}

function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
