import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Secrets } from '../../../../platform/identity/secrets.ts'
import type { NewId } from '../../../../platform/ids.ts'
import type { E164 } from '../../../../platform/phone.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import type { Randomness } from '../../../../platform/random.ts'
import { insertPassword, lockNumber } from '../../store/one-time-passwords.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { OneTimePasswordWay, Tables } from '../../store/tables.ts'
import { takeTurns } from '../../store/turns.ts'
import { drawCode, hashCode } from './code.ts'

/** What making one-time passwords needs. */
export interface IssueDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly secrets: Secrets
  readonly policies: Policies<AccountsPolicies>
}

/** A one-time password as whoever passes it on to the telephone gets it; nobody can read it again. */
export interface IssuedPassword {
  readonly id: string
  readonly code: string
  readonly expiresAt: Date
}

export type IssueOutcome =
  | { readonly kind: 'issued'; readonly code: string; readonly expiresAt: Date }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }

/**
 * Makes a password for whoever holds the telephone in their hand, as the network says: it is shown on the telephone's
 * own screen, and no message is sent. Wrong tries count on as before.
 */
export async function issueOneTimePassword(dependencies: IssueDependencies, phone: E164): Promise<IssueOutcome> {
  const { db, clock, policies } = dependencies
  const now = clock.now()
  const turn = { key: `otp-screen ${phone}`, hourMax: (await policies.current())['otp.screensPerHour'] }
  const retryAt = await takeTurns(db, [turn], now)
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  const { code, expiresAt } = await db.transaction().execute(async (trx) => {
    await lockNumber(trx, phone, now)
    return makePassword(trx, dependencies, { phone, way: 'USSD', requestId: null, now })
  })
  return { kind: 'issued', code, expiresAt }
}

export interface MakePassword {
  readonly phone: E164
  readonly way: OneTimePasswordWay
  /** The password from which this one is sent again; null when it stands for itself. */
  readonly requestId: string | null
  readonly now: Date
}

/** Makes the newest password of a number that the transaction holds. */
export async function makePassword(
  trx: Transaction<Tables>,
  { newId, random, secrets, policies }: IssueDependencies,
  { phone, way, requestId, now }: MakePassword,
): Promise<IssuedPassword> {
  const id = newId()
  const code = drawCode(random)
  const expiresAt = new Date(now.getTime() + (await policies.current())['otp.ttlSeconds'] * 1_000)
  const codeHash = hashCode({ phone, id }, code, secrets.current)
  const secretId = secrets.current.id
  await insertPassword(trx, { phone, id, requestId: requestId ?? id, way, codeHash, secretId, now, expiresAt })
  return { id, code, expiresAt }
}
