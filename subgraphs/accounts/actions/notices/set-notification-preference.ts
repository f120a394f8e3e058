import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import {
  type NoticeCategory,
  type NotificationPreference,
  putNotificationSetting,
} from '../../store/notification-settings.ts'
import type { NoticeChannel, Tables } from '../../store/tables.ts'

export interface NoticeDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
}

export interface SetNotificationPreference {
  readonly category: NoticeCategory
  readonly channel: NoticeChannel
  readonly isEnabled: boolean
}

export type SetNotificationPreferenceOutcome =
  | { readonly kind: 'set'; readonly preference: NotificationPreference }
  | { readonly kind: 'securityNoticesRequired' }
  | { readonly kind: 'settingsNotPermitted' }

/** Switches notices of a category on a channel on or off, for the account that the viewer acts in. */
export async function setNotificationPreference(
  { db, clock, newId }: NoticeDependencies,
  { category, channel, isEnabled }: SetNotificationPreference,
  viewer: Viewer,
): Promise<SetNotificationPreferenceOutcome> {
  const { principal } = viewer
  if (principal.kind !== 'account' || !decidesSettings(principal.organizationRole)) {
    return { kind: 'settingsNotPermitted' }
  }
  if (category === 'SECURITY') {
    if (!isEnabled) return { kind: 'securityNoticesRequired' }
    return { kind: 'set', preference: { category, channel, isEnabled, isChangeable: false } }
  }
  const { accountId } = principal
  await db.transaction().execute(async (trx) => {
    const now = clock.now()
    if (!(await putNotificationSetting(trx, { account_id: accountId, category, channel, isEnabled }, now))) return
    const details = { category, channel, isEnabled }
    await recordAct(trx, viewer, { id: newId(), at: now, accountId, kind: 'NOTIFICATIONS_SET', details })
  })
  return { kind: 'set', preference: { category, channel, isEnabled, isChangeable: true } }
}

/** Whoever only sees or pays for an organization does not decide what it is told. */
function decidesSettings(role: string | null): boolean {
  return role === null || role === 'owner' || role === 'administrator'
}
