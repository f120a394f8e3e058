import type { Transaction } from 'kysely'
import type { AccountPrincipal, Viewer } from '../../../../platform/identity/viewer.ts'
import { recordAct } from '../../store/acts.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { claimIdentity, type IdentityRow, insertIdentity, type ProviderSubject } from '../../store/identities.ts'
import { writeNotice } from '../../store/notices.ts'
import type { Tables } from '../../store/tables.ts'
import { finishProviderSignIn, type ProviderSignInFailure } from '../providers/finish-provider-sign-in.ts'
import { type CredentialObstacle, checkCredentialObstacles, findCredentialObstacles } from './eligibility.ts'
import { findProvider, type IdentityDependencies } from './identity-dependencies.ts'

export interface AttachIdentity {
  readonly flowSecret: string
  readonly callbackUrl: string
}

export type AttachIdentityOutcome =
  | { readonly kind: 'attached'; readonly identity: IdentityRow }
  | { readonly kind: 'identityTaken' }
  | { readonly kind: 'providerInUse' }
  | { readonly kind: 'notEligible'; readonly obstacles: readonly CredentialObstacle[] }
  | ProviderSignInFailure

/** Attaches the identity that the provider names to the account of whoever began, in the session in which they began. */
export async function attachIdentity(
  dependencies: IdentityDependencies,
  { flowSecret, callbackUrl }: AttachIdentity,
  viewer: Viewer & { readonly principal: AccountPrincipal },
): Promise<AttachIdentityOutcome> {
  const { db, clock, onOutgoing } = dependencies
  const { personId, sessionId } = viewer.principal
  // Before the sign-in is used up: while the network does not answer the same one can be brought again.
  const standing = await checkCredentialObstacles(dependencies, viewer.principal, clock.now())
  if (standing.length > 0) return { kind: 'notEligible', obstacles: standing }
  const finished = await finishProviderSignIn(dependencies, {
    findProvider: (id) => findProvider(dependencies, id),
    purpose: 'ATTACH',
    session: { personId, sessionId },
    flowSecret,
    callbackUrl,
  })
  if (finished.kind !== 'identified') return finished

  const outcome = await db.transaction().execute(async (trx): Promise<AttachIdentityOutcome> => {
    // Nothing is attached to a cabinet that was closed meanwhile: its session has ended, and the sign-in with it.
    if ((await holdOpen(trx, personId)) !== 'open') return { kind: 'signInNotFound' }
    const obstacles = await findCredentialObstacles(trx, viewer.principal, clock.now())
    if (obstacles.length > 0) return { kind: 'notEligible', obstacles }
    return attach(trx, dependencies, finished, viewer)
  })
  if (outcome.kind === 'attached') onOutgoing()
  return outcome
}

async function attach(
  trx: Transaction<Tables>,
  { clock, newId }: IdentityDependencies,
  { providerId, subject }: ProviderSubject,
  viewer: Viewer & { readonly principal: AccountPrincipal },
): Promise<AttachIdentityOutcome> {
  const accountId = viewer.principal.personId
  const now = clock.now()
  const wanted = { accountId, providerId, subject, id: newId(), now }
  const { identity, isNew } = await insertIdentity(trx, wanted)
  if (!isNew) return identity.subject === subject ? { kind: 'attached', identity } : { kind: 'providerInUse' }
  if (!(await claimIdentity(trx, wanted))) return { kind: 'identityTaken' }
  await recordAct(trx, viewer, {
    id: newId(),
    at: now,
    accountId,
    kind: 'IDENTITY_ATTACHED',
    details: { identityId: identity.id, provider: providerId },
  })
  await writeNotice(trx, {
    id: newId(),
    accountId,
    kind: 'IDENTITY_ATTACHED',
    parameters: { provider: providerId },
    at: now,
  })
  return { kind: 'attached', identity }
}
