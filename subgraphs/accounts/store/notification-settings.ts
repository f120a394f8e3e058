import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { NoticeChannel, SettableCategory, Tables } from './tables.ts'

/** What a notice is about: what people switch on and off. */
export type NoticeCategory = 'SECURITY' | SettableCategory

/** What an account has set. */
export interface NotificationSetting {
  readonly category: SettableCategory
  readonly channel: NoticeChannel
  readonly isEnabled: boolean
}

/** How one category goes by one channel, set or not. */
export interface NotificationPreference {
  readonly category: NoticeCategory
  readonly channel: NoticeChannel
  readonly isEnabled: boolean
  readonly isChangeable: boolean
}

export interface NotificationSettingRow extends NotificationSetting {
  readonly account_id: string
}

const SETTINGS = prepareStatement<{ readonly accountIds: readonly string[] }, NotificationSettingRow>(
  'notification-settings',
  ({ accountIds }) => sql`
    select account_id, category, channel, is_enabled as "isEnabled" from notification_setting
    where account_id = any(${accountIds}::uuid[])
  `,
)

/** What each of these accounts has set. */
export async function readNotificationSettings(
  reader: Reader,
  accountIds: readonly string[],
): Promise<(readonly NotificationSettingRow[])[]> {
  const byAccount = Map.groupBy(await reader.read(SETTINGS, { accountIds }), (row) => row.account_id)
  return accountIds.map((id) => byAccount.get(id) ?? [])
}

/** The same, as a transaction sees it. */
export async function findNotificationSettings(
  trx: Transaction<Tables>,
  accountIds: readonly string[],
): Promise<NotificationSettingRow[]> {
  const rows = await trx
    .selectFrom('notification_setting')
    .select(['account_id', 'category', 'channel', 'is_enabled as isEnabled'])
    .where('account_id', 'in', [...accountIds])
    .execute()
  return rows
}

/** Sets one; false when it was so already. */
export async function putNotificationSetting(
  trx: Transaction<Tables>,
  { account_id, category, channel, isEnabled }: NotificationSettingRow,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into notification_setting as known (account_id, category, channel, is_enabled, changed_at)
    values (${account_id}, ${category}, ${channel}, ${isEnabled}, ${now})
    on conflict (account_id, category, channel) do update
      set is_enabled = excluded.is_enabled, changed_at = excluded.changed_at
      where known.is_enabled <> excluded.is_enabled
    returning 1
  `.execute(trx)
  return rows.length > 0
}
