import type { Kysely } from 'kysely'
import type { ActRecorded } from '../../../../platform/events/event.ts'
import { insertReceivedAct } from '../../store/acts.ts'
import { MONEY_NOTICE_KINDS, type MoneyNoticeKind, writeNotice } from '../../store/notices.ts'
import type { Tables } from '../../store/tables.ts'

export interface ReceiveActDependencies {
  readonly db: Kysely<Tables>
  readonly onOutgoing: () => void
}

const TOLD_ACTS: ReadonlySet<string> = new Set(MONEY_NOTICE_KINDS)

/** Takes what another subgraph tells of into the audit trail, and tells the account where it would want to know. */
export async function receiveAct({ db, onOutgoing }: ReceiveActDependencies, event: ActRecorded): Promise<void> {
  const { id, accountId, act, details, occurredAt } = event
  const isNews = await db.transaction().execute(async (trx) => {
    if (!(await insertReceivedAct(trx, event)) || !isTold(act)) return false
    await writeNotice(trx, { id, accountId, kind: act, parameters: plain(details), at: new Date(occurredAt) })
    return true
  })
  if (isNews) onOutgoing()
}

/** What becomes of an account's money is told; the rest of the trail is there to be looked at. */
function isTold(act: string): act is MoneyNoticeKind {
  return TOLD_ACTS.has(act)
}

/** A text is made of words and numbers. */
function plain(details: ActRecorded['details']): Record<string, string | number> {
  const values = Object.entries(details).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return Object.fromEntries(values) as Record<string, string | number>
}
