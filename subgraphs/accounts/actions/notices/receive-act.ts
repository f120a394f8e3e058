import type { Kysely } from 'kysely'
import type { ActRecorded } from '../../../../platform/events/event.ts'
import { insertReceivedAct } from '../../store/acts.ts'
import { type NoticeKind, writeNotice } from '../../store/notices.ts'
import type { Tables } from '../../store/tables.ts'

export interface ReceiveActDependencies {
  readonly db: Kysely<Tables>
  readonly onOutgoing: () => void
}

/** What happens to an account's money by itself, and of which it is told. */
const TOLD_ACTS: ReadonlySet<string> = new Set<NoticeKind>([
  'AUTO_PAYMENT_MADE',
  'AUTO_PAYMENT_REFUSED',
  'AUTO_PAYMENT_STOPPED',
  'AUTO_PAYMENT_CAP_REACHED',
  'SPEND_CAP_LEVEL_REACHED',
  'LIVE_BALANCE_SUSPENDED',
  'LIVE_BALANCE_RESUMED',
])

/** Takes what another subgraph tells of into the audit trail, and tells the account where it would want to know. */
export async function receiveAct({ db, onOutgoing }: ReceiveActDependencies, event: ActRecorded): Promise<void> {
  const { id, accountId, act, details, occurredAt } = event
  const isTold = await db.transaction().execute(async (trx) => {
    if (!(await insertReceivedAct(trx, event)) || !isNoticeKind(act)) return false
    await writeNotice(trx, { id, accountId, kind: act, parameters: plain(details), at: new Date(occurredAt) })
    return true
  })
  if (isTold) onOutgoing()
}

function isNoticeKind(act: string): act is NoticeKind {
  return TOLD_ACTS.has(act)
}

/** A text is made of words and numbers. */
function plain(details: ActRecorded['details']): Record<string, string | number> {
  const values = Object.entries(details).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return Object.fromEntries(values) as Record<string, string | number>
}
