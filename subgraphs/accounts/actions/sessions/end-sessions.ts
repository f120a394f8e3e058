import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { markSessionsEnded, type SessionChoice } from '../../store/ended-sessions.ts'
import type { SessionEnd, Tables } from '../../store/tables.ts'

export interface EndSessions extends SessionChoice {
  readonly reason: SessionEnd
}

/**
 * Ends sessions in the caller's transaction: their refresh tokens are dead when it is committed, and their access tokens
 * within a second, at every gateway. The caller records the act and tells the person. Returns how many were open.
 */
export async function endSessions(
  trx: Transaction<Tables>,
  { clock }: { readonly clock: Clock },
  { reason, ...choice }: EndSessions,
): Promise<number> {
  invariant(choice.personId ?? choice.accountId, 'sessions are ended of a person or in an account')
  return markSessionsEnded(trx, choice, { reason, now: clock.now() })
}
