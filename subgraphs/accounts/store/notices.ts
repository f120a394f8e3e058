import { type Kysely, sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Language } from '../../../platform/languages.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { Tables } from './tables.ts'

/** What becomes of money, by the name of the act in the trail: other subgraphs tell of it. */
export const MONEY_NOTICE_KINDS = [
  'TRANSFER_SENT',
  'TRANSFER_RECEIVED',
  'TRANSFER_RETURNED',
  'TOP_UP_CREDITED',
  'TOP_UP_FAILED',
  'PAYMENT_REFUNDED',
  'PAYMENT_REFUND_FAILED',
  'PURCHASE_MADE',
  'PURCHASE_REFUSED',
  'BONUS_POINTS_GIVEN',
  'BONUS_POINTS_RECEIVED',
  'PROMISED_PAYMENT_TAKEN',
  'PROMISED_PAYMENT_DUE_SOON',
  'PROMISED_PAYMENT_ENDED',
  'AUTO_PAYMENT_MADE',
  'AUTO_PAYMENT_REFUSED',
  'AUTO_PAYMENT_STOPPED',
  'AUTO_PAYMENT_DISABLED',
  'AUTO_PAYMENT_CAP_REACHED',
  'SPEND_CAP_LEVEL_REACHED',
  'LIVE_BALANCE_SUSPENDED',
  'LIVE_BALANCE_RESUMED',
  'LIVE_BALANCE_ENDED',
] as const
export type MoneyNoticeKind = (typeof MONEY_NOTICE_KINDS)[number]

/** What an account is told of. Those of security cannot be switched off. */
export const NOTICE_KINDS = [
  'SIGNED_IN_ON_NEW_DEVICE',
  'SESSIONS_ENDED',
  'PASSWORD_CHANGED',
  'IDENTITY_ATTACHED',
  'IDENTITY_DETACHED',
  'MEMBERSHIP_CHANGED',
  'ACCOUNT_CLOSED',
  'ACCOUNT_REOPENED',
  'EXPORT_READY',
  'SIM_CHANGED',
  'CONSULTANT_ANSWERED',
  'NEWS_PUBLISHED',
  ...MONEY_NOTICE_KINDS,
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/**
 * One that waits is shown: it would not be told of at all while no notifier runs. One of a later release, which was
 * taken back or runs beside this one, is shown by the release that has words for it.
 */
const IS_LISTED = sql<boolean>`is_listed is distinct from false
  and kind in (${sql.join(NOTICE_KINDS.map((kind) => sql.lit(kind)))})`

export interface Notice {
  readonly id: string
  readonly accountId: string
  readonly kind: NoticeKind
  /** What the text needs, by name. */
  readonly parameters: Readonly<Record<string, string | number>>
  readonly at: Date
}

/** Leaves a notice for the notifier, in the transaction of what it tells of. */
export async function writeNotice(trx: Transaction<Tables>, notice: Notice): Promise<void> {
  const { id, accountId, kind, parameters, at } = notice
  await trx
    .insertInto('notice')
    .values({ account_id: accountId, id, kind, parameters: JSON.stringify(parameters), created_at: at })
    .execute()
}

/** A notice that no channel has yet, and all that decides where it goes. Its kind may be one of a later release. */
export interface WaitingNotice {
  readonly account_id: string
  readonly id: string
  readonly kind: NoticeKind
  readonly parameters: Readonly<Record<string, string | number>>
  readonly language: Language
  /** Null when there is no number to write to. */
  readonly phone: E164 | null
}

/**
 * Takes notices that wait, those first that were not tried yet, locked to the end of the transaction: another notifier
 * passes them over.
 */
export async function lockWaitingNotices(
  trx: Transaction<Tables>,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<WaitingNotice[]> {
  const { rows } = await sql<WaitingNotice>`
    select notice.account_id, notice.id, notice.kind, notice.parameters, coalesce(account.language, 'ru') as language,
      contact.phone
    from notice
    left join account on account.id = notice.account_id
    left join contact on contact.account_id = notice.account_id
    where notice.dispatched_at is null and coalesce(notice.next_try_at, '-infinity') <= ${now}
    order by coalesce(notice.next_try_at, '-infinity'), notice.created_at
    limit ${limit}
    for update of notice skip locked
  `.execute(trx)
  return rows
}

/** Says that a notice went where it goes. Only listed ones are shown in the cabinet. */
export async function markDispatched(
  trx: Transaction<Tables>,
  { account_id, id }: WaitingNotice,
  { isListed, at }: { readonly isListed: boolean; readonly at: Date },
): Promise<void> {
  await trx
    .updateTable('notice')
    .set({ dispatched_at: at, is_listed: isListed })
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .execute()
}

/** The longest pause before a notice is tried again; it waits as long as it has waited already, up to this. */
const PUT_OFF_SECONDS_MAX = 600

/** Leaves a notice for later. */
export async function putOff(trx: Transaction<Tables>, { account_id, id }: WaitingNotice, now: Date): Promise<void> {
  await sql`
    update notice set next_try_at = ${now}::timestamptz + least(
      greatest(${now}::timestamptz - created_at, interval '1 second'),
      make_interval(secs => ${PUT_OFF_SECONDS_MAX})
    )
    where account_id = ${account_id} and id = ${id}
  `.execute(trx)
}

export interface NoticeRow {
  readonly account_id: string
  readonly id: string
  readonly kind: NoticeKind
  readonly parameters: Readonly<Record<string, string | number>>
  readonly created_at: Date
  readonly read_at: Date | null
}

/** Marks notices of an account as read; gives all of these that there are, in any order. */
export async function markRead(
  db: Kysely<Tables>,
  accountId: string,
  ids: readonly string[],
  now: Date,
): Promise<NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`
    update notice set read_at = coalesce(read_at, ${now})
    where account_id = ${accountId} and id = any(${ids}::uuid[]) and ${IS_LISTED}
    returning account_id, id, kind, parameters, created_at, read_at
  `.execute(db)
  return rows
}

/** A page of an account's notices: how long, and after which. */
export interface NoticePageKey {
  readonly accountId: string
  readonly first: number
  readonly afterId: string | null
}

interface NoticePageValues {
  readonly accountIds: readonly string[]
  readonly sizes: readonly number[]
  readonly after: readonly string[]
}

const NOTICE_PAGES = prepareStatement<NoticePageValues, NoticeRow & { readonly key: number }>(
  'notice-pages',
  ({ accountIds, sizes, after }) => sql`
    select asked.key::int as key, page.*
    from unnest(${accountIds}::uuid[], ${sizes}::int[], ${after}::uuid[])
      with ordinality as asked (account_id, size, after, key)
    cross join lateral (
      select account_id, id, kind, parameters, created_at, read_at from notice
      where account_id = asked.account_id and id < asked.after and ${IS_LISTED}
      order by id desc
      limit asked.size
    ) as page
    order by asked.key, page.id desc
  `,
)

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The notices of each page, the newest first, and one more where another page follows. */
export async function readNoticePages(reader: Reader, pages: readonly NoticePageKey[]): Promise<NoticeRow[][]> {
  const rows = await reader.read(NOTICE_PAGES, {
    accountIds: pages.map(({ accountId }) => accountId),
    sizes: pages.map(({ first }) => first + 1),
    after: pages.map(({ afterId }) => afterId ?? LAST_ID),
  })
  const byPage = Map.groupBy(rows, ({ key }) => key)
  return pages.map((_, index) => byPage.get(index + 1) ?? [])
}

/** Counting stops here: more than this is "many". */
export const UNREAD_COUNT_MAX = 100

const UNREAD_COUNTS = prepareStatement<
  { readonly accountIds: readonly string[] },
  { readonly account_id: string; readonly count: number }
>(
  'unread-notice-counts',
  ({ accountIds }) => sql`
    select asked.account_id, unread.count
    from unnest(${accountIds}::uuid[]) as asked (account_id)
    cross join lateral (
      select count(*)::int as count from (
        select 1 from notice
        where account_id = asked.account_id and read_at is null and ${IS_LISTED}
        limit ${sql.lit(UNREAD_COUNT_MAX)}
      ) as counted
    ) as unread
  `,
)

/** How many notices of each account are not read yet, up to `UNREAD_COUNT_MAX`. */
export async function readUnreadCounts(reader: Reader, accountIds: readonly string[]): Promise<number[]> {
  const rows = await reader.read(UNREAD_COUNTS, { accountIds })
  const counts = new Map(rows.map(({ account_id, count }) => [account_id, count]))
  return accountIds.map((id) => counts.get(id) ?? 0)
}
