import { parseId } from '../../../../platform/ids.ts'
import { markRead, type NoticeRow } from '../../store/notices.ts'
import type { NoticeDependencies } from './set-notification-preference.ts'

export type MarkNoticesReadOutcome =
  | { readonly kind: 'read'; readonly notices: readonly NoticeRow[] }
  | { readonly kind: 'noticeNotFound' }

export interface MarkNoticesRead {
  readonly accountId: string
  readonly noticeIds: readonly string[]
}

/** Marks those of these notices that are the account's as read; those that were read before stay as they are. */
export async function markNoticesRead(
  { db, clock }: Pick<NoticeDependencies, 'db' | 'clock'>,
  { accountId, noticeIds }: MarkNoticesRead,
): Promise<MarkNoticesReadOutcome> {
  const ids = noticeIds.map(parseId).filter((id) => id !== null)
  const notices = await markRead(db, accountId, ids, clock.now())
  return notices.length === 0 ? { kind: 'noticeNotFound' } : { kind: 'read', notices }
}
