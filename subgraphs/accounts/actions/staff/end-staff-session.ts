import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Principal, Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { closeStaffSession, recordStaffAct } from '../../store/staff-sessions.ts'
import type { Tables } from '../../store/tables.ts'

/**
 * Ends the session of a member of staff who leaves; gateways refuse its access token within a second. Whether there was
 * one: it may have ended before, or was never opened here.
 */
export async function endStaffSession(
  trx: Transaction<Tables>,
  { clock, newId }: { readonly clock: Clock; readonly newId: NewId },
  viewer: Viewer & { readonly principal: Extract<Principal, { kind: 'staff' }> },
): Promise<boolean> {
  const { staffId, sessionId } = viewer.principal
  const now = clock.now()
  if (!(await closeStaffSession(trx, { staffId, id: sessionId }, 'SIGNED_OUT', now))) return false
  await recordStaffAct(trx, viewer, { id: newId(), at: now, staffId, kind: 'SIGNED_OUT', sessionId })
  return true
}
