import type { Clock } from '../../../../platform/clock.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import { readSessions, type SessionRow } from '../../store/sessions.ts'
import { idleSince } from './idle-since.ts'

export interface ListSessionsDependencies {
  readonly reader: Reader
  readonly clock: Clock
  readonly policies: Policies<AccountsPolicies>
}

/** The sessions of each person that are neither ended nor left for too long. */
export async function listSessions(
  { reader, clock, policies }: ListSessionsDependencies,
  personIds: readonly string[],
): Promise<(readonly SessionRow[])[]> {
  return readSessions(reader, personIds, idleSince(clock.now(), await policies.current()))
}
