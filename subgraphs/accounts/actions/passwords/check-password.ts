import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import { giveBackPasswordTry, type PasswordTry, takePasswordTry } from '../../store/password-tries.ts'
import { findPasswordHash } from '../../store/passwords.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { takeTurns } from '../../store/turns.ts'
import { guessTurns } from '../one-time-passwords/turns.ts'
import type { PasswordHasher } from './password-hasher.ts'

export interface CheckPasswordDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly policies: Policies<AccountsPolicies>
  readonly hasher: PasswordHasher
}

export interface CheckPassword {
  /** What tries are counted for: a telephone number, or `person <id>` for one who is signed in. */
  readonly subject: string
  /** Whose password it would be; null when nobody is known by the number. */
  readonly personId: string | null
  readonly password: string
}

export type CheckPasswordOutcome =
  | { readonly kind: 'right'; readonly hash: string; readonly tried: PasswordTry }
  | { readonly kind: 'wrongPassword' }
  | TooMany

/** Too many wrong passwords of one, or too many who ask at all. */
export type TooMany =
  | { readonly kind: 'tooManyAttempts'; readonly retryAt: Date }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }

const NOBODY = '00000000-0000-0000-0000-000000000000'
const BUSY_MS = 1_000

/**
 * Compares a password with a person's. It does the same for people who are not there and for those who have none: the
 * same statements, and one hash. A right one is to be given back: it was no guess.
 */
export async function checkPassword(
  { db, clock, policies, hasher }: CheckPasswordDependencies,
  { subject, personId, password }: CheckPassword,
  { client }: Viewer,
): Promise<CheckPasswordOutcome> {
  const at = clock.now()
  const numbers = await policies.current()
  const turnAt = await takeTurns(db, guessTurns(client, numbers), at)
  if (turnAt !== null) return { kind: 'tooManyAttempts', retryAt: turnAt }
  const tried = { subject, at }
  const taken = await takePasswordTry(db, tried, numbers)
  if (taken.kind === 'refused') return { kind: 'tooManyAttempts', retryAt: taken.retryAt }
  const hash = await findPasswordHash(db, personId ?? NOBODY)
  const isRight = await hasher.verify(password, hash)
  if (isRight === null) {
    await giveBackPasswordTry(db, tried)
    return busy(clock)
  }
  return isRight && hash !== null ? { kind: 'right', hash, tried } : { kind: 'wrongPassword' }
}

/** When there is no room for another password to be worked on. */
export function busy(clock: Clock): Extract<TooMany, { kind: 'tooManyRequests' }> {
  return { kind: 'tooManyRequests', retryAt: new Date(clock.now().getTime() + BUSY_MS) }
}
