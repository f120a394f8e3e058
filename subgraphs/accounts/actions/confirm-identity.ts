import type { Kysely } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { parseId } from '../../../platform/ids.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import { hasSessionSince } from '../store/fresh-sessions.ts'
import type { AccountsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'

export interface ConfirmationDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly policies: Policies<AccountsPolicies>
}

const MINUTE_MS = 60_000

/**
 * Whether the viewer has shown who they are a moment ago: their session was opened within the policy's minutes and is
 * still open. What cannot be undone by whoever finds a telephone unlocked asks for this.
 */
export async function hasSignedInFreshly(
  { db, clock, policies }: ConfirmationDependencies,
  { principal }: Viewer,
): Promise<boolean> {
  if (principal.kind !== 'account') return false
  const sessionId = parseId(principal.sessionId)
  if (sessionId === null) return false
  const freshMs = (await policies.current())['confirmation.freshMinutes'] * MINUTE_MS
  const since = new Date(clock.now().getTime() - freshMs)
  return hasSessionSince(db, { personId: principal.personId, sessionId, since })
}
