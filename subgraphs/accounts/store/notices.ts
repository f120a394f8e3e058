import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** What an account is told of. Those of security cannot be switched off. */
export type NoticeKind =
  | 'SIGNED_IN_ON_NEW_DEVICE'
  | 'SESSIONS_ENDED'
  | 'PASSWORD_CHANGED'
  | 'IDENTITY_ATTACHED'
  | 'IDENTITY_DETACHED'
  | 'MEMBERSHIP_CHANGED'
  | 'ACCOUNT_CLOSED'
  | 'ACCOUNT_REOPENED'
  | 'EXPORT_READY'
  | 'SIM_CHANGED'
  | 'CONSULTANT_ANSWERED'
  | 'NEWS_PUBLISHED'

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
