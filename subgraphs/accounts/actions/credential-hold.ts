import type { Kysely } from 'kysely'
import { unavailable } from '../../../platform/errors.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import { SimSwapUnavailableError } from '../../../platform/sim-swap/sim-swap.ts'
import { findContact } from '../store/contacts.ts'
import { findCredentialHold, holdCredentials } from '../store/credential-holds.ts'
import { writeNotice } from '../store/notices.ts'
import type { AccountsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'
import type { SimChange, SimChanges } from './credential-hold/sim-changes.ts'

export interface CredentialHoldDependencies {
  readonly db: Kysely<Tables>
  readonly newId: NewId
  readonly policies: Policies<AccountsPolicies>
  readonly simChanges: SimChanges
  readonly onOutgoing: () => void
}

const HOUR_MS = 3_600_000

/**
 * Until when the account's credentials may not be changed because a SIM of it was changed; null when they may. Ask
 * before the transaction of the change: the network is asked. Throws the retryable `SUBGRAPH_UNAVAILABLE` when the
 * network or linked numbers do not answer: who has just taken somebody's number must not gain by that.
 */
export async function checkCredentialHold(
  dependencies: CredentialHoldDependencies,
  accountId: string,
  now: Date,
): Promise<Date | null> {
  const known = await findCredentialHold(dependencies.db, accountId, now)
  if (known) return known
  const holdMs = (await dependencies.policies.current())['simSwap.holdHours'] * HOUR_MS
  const changes = await findSimChanges(dependencies, accountId, now)
  const recent = changes.filter(({ changedAt }) => changedAt.getTime() + holdMs > now.getTime())
  if (recent.length === 0) return null
  await hold(dependencies, accountId, { recent, holdMs, now })
  return findCredentialHold(dependencies.db, accountId, now)
}

async function findSimChanges(
  { db, simChanges }: CredentialHoldDependencies,
  accountId: string,
  now: Date,
): Promise<readonly SimChange[]> {
  const contact = await findContact(db, accountId)
  try {
    return await simChanges.of(accountId, contact, now)
  } catch (error) {
    if (error instanceof SimSwapUnavailableError) throw unavailable()
    throw error
  }
}

/** The one that writes a change down first tells of it: others find it there. */
async function hold(
  { db, newId, onOutgoing }: CredentialHoldDependencies,
  accountId: string,
  { recent, holdMs, now }: { readonly recent: readonly SimChange[]; readonly holdMs: number; readonly now: Date },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const { lineId, changedAt } of recent) {
      const until = new Date(changedAt.getTime() + holdMs)
      if (!(await holdCredentials(trx, { accountId, lineId, changedAt, until }))) continue
      const parameters = { changedAt: changedAt.toISOString(), until: until.toISOString() }
      await writeNotice(trx, { id: newId(), accountId, kind: 'SIM_CHANGED', parameters, at: now })
    }
  })
  onOutgoing()
}
