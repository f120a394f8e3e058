import type { Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type E164, parsePhone } from '../../../../platform/phone.ts'
import { countWrongTry, lockNumber, readNewestPasswords, usePassword } from '../../store/one-time-passwords.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { OneTimePasswordWay, Tables } from '../../store/tables.ts'
import { takeTurns } from '../../store/turns.ts'
import { type EnterCabinetDependencies, enterCabinet } from '../enter-cabinet.ts'
import { findSubscriber } from '../find-cabinet.ts'
import { readDeviceName } from '../sessions/device-name.ts'
import type { IssuedSession } from '../sessions/open-session.ts'
import { isCode, parseCode } from './code.ts'
import { type GuessVerdict, judgeGuess } from './rules.ts'
import type { SendDependencies } from './send.ts'
import { guessTurns } from './turns.ts'

export interface SignInWithOneTimePassword {
  /** As somebody typed it. */
  readonly phone: string
  /** As somebody typed it. */
  readonly code: string
  readonly deviceName: string | null
}

export type SignInWithOneTimePasswordOutcome =
  | { readonly kind: 'signedIn'; readonly issued: IssuedSession }
  | { readonly kind: 'invalidPhone' }
  /** Wrong, used, killed by wrong tries, too old, of a number that nobody has: all alike. */
  | { readonly kind: 'invalidPassword' }
  | { readonly kind: 'tooManyAttempts'; readonly retryAt: Date }

export type SignInDependencies = EnterCabinetDependencies & Pick<SendDependencies, 'db' | 'onOutgoing'>

/** Opens a session for whoever has a number and its password. */
export async function signInWithOneTimePassword(
  dependencies: SignInDependencies,
  command: SignInWithOneTimePassword,
  viewer: Viewer,
): Promise<SignInWithOneTimePasswordOutcome> {
  const { db, clock, onOutgoing } = dependencies
  const phone = parsePhone(command.phone)
  if (phone === null) return { kind: 'invalidPhone' }
  const code = parseCode(command.code)
  // What cannot be a code is no guess, and costs the number no try.
  if (code === null) return { kind: 'invalidPassword' }
  const policies = await dependencies.policies.current()
  const retryAt = await takeTurns(db, guessTurns(viewer.client, policies), clock.now())
  if (retryAt !== null) return { kind: 'tooManyAttempts', retryAt }

  // Asked for every guess: whoever is told that a part is away learns nothing of the number or the password.
  const subscriber = await findSubscriber(dependencies, phone)
  const outcome = await db.transaction().execute(async (trx): Promise<SignInWithOneTimePasswordOutcome> => {
    const guess = await guessPassword(trx, dependencies, { phone, code }, policies)
    if (guess.kind !== 'right') return guess
    // Who blocked a stolen telephone is not to be entered with a password that came to it before.
    if (subscriber === null || subscriber.isBlocked) return { kind: 'invalidPassword' }
    const deviceName = readDeviceName(command.deviceName)
    const shown = { phone, subscriber, method: METHODS[guess.way], deviceName }
    const issued = await enterCabinet(trx, dependencies, shown, viewer)
    return issued ? { kind: 'signedIn', issued } : { kind: 'invalidPassword' }
  })
  if (outcome.kind === 'signedIn') onOutgoing()
  return outcome
}

const METHODS = { SMS: 'ONE_TIME_PASSWORD', USSD: 'USSD' } as const satisfies Record<OneTimePasswordWay, string>

type GuessOutcome =
  | { readonly kind: 'right'; readonly way: OneTimePasswordWay }
  | Extract<SignInWithOneTimePasswordOutcome, { kind: 'invalidPassword' | 'tooManyAttempts' }>

/** Holds the number, so that guesses at it are judged one at a time, however many come at once. */
async function guessPassword(
  trx: Transaction<Tables>,
  { clock, secrets }: SignInDependencies,
  { phone, code }: { readonly phone: E164; readonly code: string },
  policies: AccountsPolicies,
): Promise<GuessOutcome> {
  const now = clock.now()
  const use = await lockNumber(trx, phone, now)
  const passwords = await readNewestPasswords(trx, phone)
  const guessed = passwords.map((password) => ({ ...password, isMatch: isCode({ phone, ...password }, code, secrets) }))
  const verdict: GuessVerdict = judgeGuess(use, guessed, now, {
    overlapSeconds: policies['otp.overlapSeconds'],
    triesPerCode: policies['otp.triesPerCode'],
    wrongTriesPerDay: policies['otp.wrongTriesPerDay'],
  })
  if (verdict.kind === 'tooMany') return { kind: 'tooManyAttempts', retryAt: verdict.retryAt }
  if (verdict.kind === 'wrong') {
    await countWrongTry(trx, phone, verdict)
    return { kind: 'invalidPassword' }
  }
  const isUsed = await usePassword(trx, { phone, id: verdict.id }, policies['otp.triesPerCode'], now)
  const way = passwords.find(({ id }) => id === verdict.id)?.way
  return isUsed && way ? { kind: 'right', way } : { kind: 'invalidPassword' }
}
