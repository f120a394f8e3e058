import type { Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { type ConversationRow, findConversationOwner, lockConversation } from '../../store/consultant/conversations.ts'
import type { Tables } from '../../store/tables.ts'
import type { ConsultantDependencies } from './dependencies.ts'

/** A member of staff at a conversation that is locked for them. */
export interface StaffAtWork {
  readonly trx: Transaction<Tables>
  readonly conversation: ConversationRow
  readonly staffId: string
  readonly isSupervisor: boolean
  readonly now: Date
  /** Whether they have it now: taken, and not left lying; or answered by them. */
  readonly holds: boolean
  /** Writes down what they did. */
  record(kind: string): Promise<void>
}

/**
 * Runs the work of staff on a conversation, which is named by its id alone. Null when there is none for them: they may
 * have what waits, what they took or answered; supervisors whatever was left for staff.
 */
export async function withStaffConversation<Outcome>(
  { db, clock, newId }: Pick<ConsultantDependencies, 'db' | 'clock' | 'newId'>,
  conversationId: string,
  viewer: Viewer,
  work: (staff: StaffAtWork) => Promise<Outcome>,
): Promise<Outcome | null> {
  const { principal } = viewer
  const id = parseId(conversationId)
  if (id === null || principal.kind !== 'staff') return null
  const { staffId } = principal
  const isSupervisor = principal.roles.includes('supervisor')
  return db.transaction().execute(async (trx) => {
    const accountId = await findConversationOwner(trx, id)
    if (accountId === null || (await holdOpen(trx, accountId)) !== 'open') return null
    const conversation = await lockConversation(trx, { accountId, id })
    if (!conversation?.is_for_staff) return null
    const now = clock.now()
    const record = (kind: string) =>
      recordAct(trx, viewer, {
        id: newId(),
        at: now,
        accountId: conversation.account_id,
        kind,
        details: { conversationId: id },
      })
    const holds = conversation.taken_by === staffId && !isLeaseOver(conversation, now)
    return work({ trx, conversation, staffId, isSupervisor, now, holds, record })
  })
}

/** Whether nobody has it: it waits, or was taken and left lying. */
export function isFree(conversation: ConversationRow, now: Date): boolean {
  return conversation.status === 'WAITING' || isLeaseOver(conversation, now)
}

function isLeaseOver({ lease_until }: ConversationRow, now: Date): boolean {
  return lease_until !== null && lease_until <= now
}
