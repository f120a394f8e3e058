import type { AccountPrincipal, Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { deleteIdentity } from '../../store/identities.ts'
import { writeNotice } from '../../store/notices.ts'
import { type CredentialObstacle, checkCredentialObstacles, findCredentialObstacles } from './eligibility.ts'
import type { IdentityDependencies } from './identity-dependencies.ts'

export type DetachIdentityOutcome =
  | { readonly kind: 'detached'; readonly identityId: string }
  | { readonly kind: 'identityNotFound' }
  | { readonly kind: 'notEligible'; readonly obstacles: readonly CredentialObstacle[] }

/** Takes an identity away: nobody signs in by it any more. A way in always stays, by the number. */
export async function detachIdentity(
  dependencies: IdentityDependencies,
  command: { readonly identityId: string },
  viewer: Viewer & { readonly principal: AccountPrincipal },
): Promise<DetachIdentityOutcome> {
  const { db, clock, newId, onOutgoing } = dependencies
  const identityId = parseId(command.identityId)
  if (identityId === null) return { kind: 'identityNotFound' }
  const accountId = viewer.principal.personId
  const now = clock.now()
  const standing = await checkCredentialObstacles(dependencies, viewer.principal, now)
  if (standing.length > 0) return { kind: 'notEligible', obstacles: standing }

  const outcome = await db.transaction().execute(async (trx): Promise<DetachIdentityOutcome> => {
    // The identities of a cabinet that was closed meanwhile are sealed: there is none to take away.
    if ((await holdOpen(trx, accountId)) !== 'open') return { kind: 'identityNotFound' }
    const obstacles = await findCredentialObstacles(trx, viewer.principal, now)
    if (obstacles.length > 0) return { kind: 'notEligible', obstacles }
    const provider = await deleteIdentity(trx, accountId, identityId)
    if (provider === null) return { kind: 'identityNotFound' }
    const act = { id: newId(), at: now, accountId, kind: 'IDENTITY_DETACHED', details: { identityId, provider } }
    await recordAct(trx, viewer, act)
    await writeNotice(trx, { id: newId(), accountId, kind: 'IDENTITY_DETACHED', parameters: { provider }, at: now })
    return { kind: 'detached', identityId }
  })
  if (outcome.kind === 'detached') onOutgoing()
  return outcome
}
