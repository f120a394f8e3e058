import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret, Secrets } from '../../../../platform/identity/secrets.ts'
import type { Randomness } from '../../../../platform/random.ts'
import type { InvitationCandidate } from '../../store/invitations.ts'

/** No letter that is taken for a digit: a code is typed from one screen into another. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const CODE_LENGTH = 8

/** Forty bits: and only whoever holds the phone that it was sent to may try it. */
export function makeCode(random: Randomness): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET[random.below(ALPHABET.length)]).join('')
}

/** What is stored of a code, made for one invitation and no other. */
export function hashCode(code: string, invitationId: string, secret: Secret): Buffer {
  return createHmac('sha256', secret.key('invitation code')).update(`${invitationId} ${code}`).digest()
}

/** The invitation that the code, as it was typed, belongs to; null when it is of none of them. */
export function findByCode(
  typed: string,
  candidates: readonly InvitationCandidate[],
  secrets: Secrets,
): InvitationCandidate | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '')
  return candidates.find((candidate) => isCodeOf(code, candidate, secrets)) ?? null
}

function isCodeOf(code: string, { id, code_hash, secret_id }: InvitationCandidate, secrets: Secrets): boolean {
  const secret = secrets.find(secret_id)
  return secret !== null && timingSafeEqual(hashCode(code, id, secret), code_hash)
}
