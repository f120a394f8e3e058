import { hash } from 'node:crypto'
import type { ExportKey } from '../../store/data-exports.ts'

/** A link's token: which export, and a secret that nothing keeps but its hash. */
export interface LinkToken extends ExportKey {
  readonly secret: Buffer
}

const UUID_BYTES = 16
export const LINK_SECRET_BYTES = 32
const TOKEN_BYTES = 2 * UUID_BYTES + LINK_SECRET_BYTES

export function formatLinkToken({ accountId, exportId, secret }: LinkToken): string {
  return Buffer.concat([uuidBytes(accountId), uuidBytes(exportId), secret]).toString('base64url')
}

/** Null for what cannot be a token of ours. */
export function readLinkToken(text: string): LinkToken | null {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== text) return null
  return {
    accountId: uuidText(bytes.subarray(0, UUID_BYTES)),
    exportId: uuidText(bytes.subarray(UUID_BYTES, 2 * UUID_BYTES)),
    secret: bytes.subarray(2 * UUID_BYTES),
  }
}

export function hashLinkSecret(secret: Buffer): Buffer {
  return hash('sha256', secret, 'buffer')
}

function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
