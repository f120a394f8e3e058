import { MONEY_NOTICE_KINDS, type MoneyNoticeKind, type NoticeKind } from '../store/notices.ts'
import type { NoticeCategory, NotificationPreference, NotificationSetting } from '../store/notification-settings.ts'
import type { NoticeChannel } from '../store/tables.ts'

export const NOTICE_CATEGORIES = ['SECURITY', 'MONEY', 'SERVICES', 'NEWS'] as const satisfies readonly NoticeCategory[]
export const NOTICE_CHANNELS = ['SMS', 'IN_APP'] as const satisfies readonly NoticeChannel[]

const OF_MONEY = Object.fromEntries(MONEY_NOTICE_KINDS.map((kind) => [kind, 'MONEY'])) as Record<
  MoneyNoticeKind,
  'MONEY'
>

export const CATEGORY_OF: Readonly<Record<NoticeKind, NoticeCategory>> = {
  SIGNED_IN_ON_NEW_DEVICE: 'SECURITY',
  SESSIONS_ENDED: 'SECURITY',
  PASSWORD_CHANGED: 'SECURITY',
  IDENTITY_ATTACHED: 'SECURITY',
  IDENTITY_DETACHED: 'SECURITY',
  MEMBERSHIP_CHANGED: 'SECURITY',
  ACCOUNT_CLOSED: 'SECURITY',
  ACCOUNT_REOPENED: 'SECURITY',
  SIM_CHANGED: 'SECURITY',
  EXPORT_READY: 'SERVICES',
  CONSULTANT_ANSWERED: 'SERVICES',
  NEWS_PUBLISHED: 'NEWS',
  ...OF_MONEY,
}

/** News by text message is advertising: it is for those who asked for it. */
function isEnabledByItself(category: NoticeCategory, channel: NoticeChannel): boolean {
  return category !== 'NEWS' || channel !== 'SMS'
}

/** Whether notices of a category go by a channel. Those of security always do. */
export function isEnabled(
  category: NoticeCategory,
  channel: NoticeChannel,
  settings: readonly NotificationSetting[],
): boolean {
  if (category === 'SECURITY') return true
  const setting = settings.find((set) => set.category === category && set.channel === channel)
  return setting?.isEnabled ?? isEnabledByItself(category, channel)
}

/** Every category by every channel, as the account has it. */
export function preferencesOf(settings: readonly NotificationSetting[]): NotificationPreference[] {
  return NOTICE_CATEGORIES.flatMap((category) =>
    NOTICE_CHANNELS.map((channel) => ({
      category,
      channel,
      isEnabled: isEnabled(category, channel, settings),
      isChangeable: category !== 'SECURITY',
    })),
  )
}
