import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { NewId } from '../../../../platform/ids.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'

/** What the consultant's actions need. */
export interface ConsultantDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly clock: Clock
  readonly newId: NewId
  readonly policies: Policies<AccountsPolicies>
  /** Called after a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

export function secondsLater(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000)
}
