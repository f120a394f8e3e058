import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Principal, Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { closeStaffSession, recordStaffAct } from '../../store/staff-sessions.ts'
import type { Tables } from '../../store/tables.ts'

/**
 * Ends the session of a member of staff who leaves, in the transaction of whoever tells the gateways. Until when its
 * access token would still be good; null when the session had ended, or was never opened here.
 */
export async function endStaffSession(
  trx: Transaction<Tables>,
  { clock, newId }: { readonly clock: Clock; readonly newId: NewId },
  viewer: Viewer & { readonly principal: Extract<Principal, { kind: 'staff' }> },
): Promise<Date | null> {
  const { staffId, sessionId } = viewer.principal
  const now = clock.now()
  const expiresAt = await closeStaffSession(trx, { staffId, id: sessionId }, 'SIGNED_OUT', now)
  if (expiresAt === null) return null
  await recordStaffAct(trx, viewer, { id: newId(), at: now, staffId, kind: 'SIGNED_OUT', sessionId })
  return expiresAt
}
