import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { markReopened } from '../../store/closed-accounts.ts'
import { writeNotice } from '../../store/notices.ts'
import type { Tables } from '../../store/tables.ts'
import { type SealingDependencies, unsealPersonalParts } from './personal-parts.ts'

export interface ReopeningDependencies extends SealingDependencies {
  readonly clock: Clock
  readonly newId: NewId
}

/** Opens an account that is closed, with all that it held; does nothing to one that is not. */
export async function reopenIfClosed(
  trx: Transaction<Tables>,
  dependencies: ReopeningDependencies,
  accountId: string,
  viewer: Viewer,
): Promise<void> {
  if (!(await markReopened(trx, accountId))) return
  const { clock, newId } = dependencies
  const at = clock.now()
  await unsealPersonalParts(trx, dependencies, accountId)
  await recordAct(trx, viewer, { id: newId(), at, accountId, kind: 'ACCOUNT_REOPENED' })
  await writeNotice(trx, { id: newId(), accountId, kind: 'ACCOUNT_REOPENED', parameters: {}, at })
}
