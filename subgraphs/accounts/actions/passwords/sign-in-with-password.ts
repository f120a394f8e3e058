import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parsePhone } from '../../../../platform/phone.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { writeNotice } from '../../store/notices.ts'
import { giveBackPasswordTry } from '../../store/password-tries.ts'
import { holdPassword } from '../../store/passwords.ts'
import { isKnownDevice } from '../../store/phone-cabinets.ts'
import { findCabinetByPhone, type SubscriberDependencies } from '../find-cabinet.ts'
import { readDeviceName } from '../sessions/device-name.ts'
import { type IssuedSession, openSession, type SessionDependencies } from '../sessions/open-session.ts'
import { type CheckPasswordDependencies, checkPassword, type TooMany } from './check-password.ts'

export interface SignInWithPassword {
  /** As somebody typed it. */
  readonly phone: string
  readonly password: string
  readonly deviceName: string | null
}

export type SignInWithPasswordOutcome =
  | { readonly kind: 'signedIn'; readonly issued: IssuedSession }
  | { readonly kind: 'invalidPhone' }
  /** Wrong, of a person who has none, of a number that nobody has: all alike. */
  | { readonly kind: 'wrongPassword' }
  | TooMany

export interface PasswordSignInDependencies
  extends SessionDependencies,
    SubscriberDependencies,
    Omit<CheckPasswordDependencies, 'clock' | 'policies'> {
  /** Called after a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

/** Opens a session for whoever knows the password of the cabinet that a number opens. */
export async function signInWithPassword(
  dependencies: PasswordSignInDependencies,
  command: SignInWithPassword,
  viewer: Viewer,
): Promise<SignInWithPasswordOutcome> {
  const phone = parsePhone(command.phone)
  if (phone === null) return { kind: 'invalidPhone' }
  const cabinet = await findCabinetByPhone(dependencies, phone)
  const personId = cabinet?.accountId ?? null
  const check = { subject: phone, personId, password: command.password }
  const checked = await checkPassword(dependencies, check, viewer)
  if (checked.kind !== 'right') return checked
  if (personId === null) return { kind: 'wrongPassword' }

  const deviceName = readDeviceName(command.deviceName)
  const issued = await dependencies.db.transaction().execute(async (trx): Promise<IssuedSession | null> => {
    // The account before what is its own, as a closing takes them: the two never wait for each other.
    if ((await holdOpen(trx, personId)) !== 'open') return null
    if (!(await holdPassword(trx, personId, checked.hash))) return null
    await giveBackPasswordTry(trx, checked.tried)
    if (!(await isKnownDevice(trx, personId, viewer.client.device))) {
      const parameters = { deviceName: deviceName ?? '', method: 'PASSWORD' }
      const at = dependencies.clock.now()
      const id = dependencies.newId()
      await writeNotice(trx, { id, accountId: personId, kind: 'SIGNED_IN_ON_NEW_DEVICE', parameters, at })
    }
    const signedIn = { personId, accountId: personId, organizationRole: null, deviceName }
    return openSession(trx, dependencies, { ...signedIn, method: 'PASSWORD' }, viewer)
  })
  if (issued === null) return { kind: 'wrongPassword' }
  dependencies.onOutgoing()
  return { kind: 'signedIn', issued }
}
