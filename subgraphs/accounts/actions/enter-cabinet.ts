import type { Transaction } from 'kysely'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { type E164, formatPhone } from '../../../platform/phone.ts'
import { recordAct } from '../store/acts.ts'
import { writeNotice } from '../store/notices.ts'
import { confirmContact, isKnownDevice, putPhoneCabinet, readCabinet } from '../store/phone-cabinets.ts'
import type { SignInMethod, Tables } from '../store/tables.ts'
import { admitSubscriber, type Subscriber, type SubscriberDependencies } from './find-cabinet.ts'
import type { DeviceName } from './sessions/device-name.ts'
import { type IssuedSession, openSession, type SessionDependencies } from './sessions/open-session.ts'

export interface EnterCabinetDependencies extends SessionDependencies, SubscriberDependencies {}

/** Somebody who has shown that a telephone number is theirs. */
export interface ShownPhone {
  readonly phone: E164
  readonly subscriber: Subscriber
  readonly method: SignInMethod
  readonly deviceName: DeviceName | null
}

/**
 * Opens a session in the cabinet of whoever has the number, and makes the cabinet the first time: that is all there is
 * to registration. Null when the line's owner is not among the accounts. Call `onOutgoing` after the commit.
 */
export async function enterCabinet(
  trx: Transaction<Tables>,
  dependencies: EnterCabinetDependencies,
  shown: ShownPhone,
  viewer: Viewer,
): Promise<IssuedSession | null> {
  const { clock, newId } = dependencies
  const { phone, subscriber, method, deviceName } = shown
  const accountId = await findOrMakeCabinet(trx, dependencies, shown, viewer)
  if (accountId === null) return null

  const at = clock.now()
  const { isFirst } = await confirmContact(trx, accountId, phone, at)
  const details = { lineId: subscriber.lineId, method }
  if (isFirst) await recordAct(trx, viewer, { id: newId(), at, accountId, kind: 'REGISTERED', details })
  else if (!(await isKnownDevice(trx, accountId, viewer.client.device))) {
    const parameters = { deviceName: deviceName ?? '', method }
    await writeNotice(trx, { id: newId(), accountId, kind: 'SIGNED_IN_ON_NEW_DEVICE', parameters, at })
  }
  return openSession(
    trx,
    dependencies,
    { personId: accountId, accountId, organizationRole: null, method, deviceName },
    viewer,
  )
}

/** A person's own cabinet, or one for whoever uses an organization's number: never the organization's. */
async function findOrMakeCabinet(
  trx: Transaction<Tables>,
  dependencies: EnterCabinetDependencies,
  { phone, subscriber }: ShownPhone,
  viewer: Viewer,
): Promise<string | null> {
  const { lineId } = subscriber
  const cabinet = await readCabinet(trx, phone, subscriber)
  if (cabinet === null) return null
  if (cabinet.ownerKind === 'INDIVIDUAL') return cabinet.ownerAccountId
  const accountId = await putPhoneCabinet(trx, {
    phone,
    lineId,
    accountId: cabinet.phoneAccountId ?? dependencies.newId(),
    displayName: formatPhone(phone),
    language: viewer.language,
    now: dependencies.clock.now(),
  })
  // Before the commit: should linked numbers be away, nothing has happened, and the same password works again.
  await admitSubscriber(dependencies, { lineId, accountId })
  return accountId
}
