import type { Transaction } from 'kysely'
import type { OrganizationRole, Viewer } from '../../../../platform/identity/viewer.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import type { SignInMethod, Tables } from '../../store/tables.ts'
import { type ReopeningDependencies, reopenIfClosed } from './reopen-account.ts'

/** What shows that the telephone itself is at hand: who has it may open a closed account again. */
const REOPENING_METHODS = ['ONE_TIME_PASSWORD', 'NETWORK', 'USSD'] as const
export type ReopeningMethod = (typeof REOPENING_METHODS)[number]

export interface Entry {
  readonly personId: string
  readonly accountId: string
  readonly organizationRole: OrganizationRole | null
  readonly method: SignInMethod
}

/**
 * Takes the accounts of a sign-in, the person's and the one they act in: they stay open until the transaction ends, so
 * that a closing waits for the session and ends it. False when one is closed, and this sign-in may not open it.
 */
export async function enterAccounts(
  trx: Transaction<Tables>,
  dependencies: ReopeningDependencies,
  { personId, accountId, organizationRole, method }: Entry,
  viewer: Viewer,
): Promise<boolean> {
  const isAtHand = REOPENING_METHODS.some((reopening) => reopening === method)
  const decides = organizationRole === null || organizationRole === 'owner'
  // In one order, so that two sign-ins never wait for each other.
  for (const id of [...new Set([personId, accountId])].sort()) {
    const mayReopen = isAtHand && (id === personId || decides)
    if (!(await enter(trx, dependencies, { id, mayReopen }, viewer))) return false
  }
  return true
}

async function enter(
  trx: Transaction<Tables>,
  dependencies: ReopeningDependencies,
  { id, mayReopen }: { readonly id: string; readonly mayReopen: boolean },
  viewer: Viewer,
): Promise<boolean> {
  for (;;) {
    if (mayReopen) await reopenIfClosed(trx, dependencies, id, viewer)
    const state = await holdOpen(trx, id)
    invariant(state !== 'none', 'who signs in has an account')
    if (state === 'open') return true
    if (!mayReopen) return false
    // It was closed between the two statements: once more.
  }
}
