import type { AccountPrincipal, Viewer } from '../../../platform/identity/viewer.ts'
import { invariant, unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { notEligible } from './eligibility.ts'
import { providerRefusal, startedOrRefused } from './provider-outcome.ts'
import { refusal } from './refusal.ts'
import { signedIn } from './signed-in.ts'

type IdentityMutations = Pick<
  MutationResolvers,
  'startSocialSignIn' | 'signInWithSocial' | 'startIdentityAttachment' | 'attachIdentity' | 'detachIdentity'
>

/** Signing in by social providers, and the identities by which it is done. */
export const identityMutations: IdentityMutations = {
  startSocialSignIn: async (_, { input }, { viewer, startSocialSignIn }) => {
    const outcome = await startSocialSignIn({ ...input, redirectUri: input.redirectUri ?? null }, viewer.client, null)
    return startedOrRefused('StartSocialSignInSuccess', outcome, viewer.language, ['providerId'])
  },

  signInWithSocial: async (_, { input }, context) => {
    const { viewer } = context
    const outcome = await context.signInWithSocial({ ...input, deviceName: input.deviceName ?? null }, viewer)
    switch (outcome.kind) {
      case 'signedIn':
        return signedIn(context, outcome.session)
      case 'identityNotAttached':
        return refusal('IdentityNotAttachedError', viewer.language, [])
      default:
        return providerRefusal(outcome, viewer.language)
    }
  },

  startIdentityAttachment: async (_, { input }, { viewer, startSocialSignIn }) => {
    const { personId, sessionId } = customer(viewer).principal
    const command = { ...input, redirectUri: input.redirectUri ?? null }
    const outcome = await startSocialSignIn(command, viewer.client, { personId, sessionId })
    return startedOrRefused('StartIdentityAttachmentSuccess', outcome, viewer.language, ['providerId'])
  },

  attachIdentity: async (_, { input }, { viewer, attachIdentity }) => {
    const outcome = await attachIdentity(input, customer(viewer))
    switch (outcome.kind) {
      case 'attached':
        return { __typename: 'AttachIdentitySuccess', identity: outcome.identity }
      case 'identityTaken':
        return refusal('IdentityTakenError', viewer.language, [])
      case 'providerInUse':
        return refusal('ProviderInUseError', viewer.language, [])
      case 'notEligible':
        return notEligible(outcome.obstacles, viewer.language)
      default:
        return providerRefusal(outcome, viewer.language)
    }
  },

  detachIdentity: async (_, { input }, { viewer, detachIdentity }) => {
    const outcome = await detachIdentity(input, customer(viewer))
    switch (outcome.kind) {
      case 'detached':
        return { __typename: 'DetachIdentitySuccess', identityId: outcome.identityId }
      case 'identityNotFound':
        return refusal('IdentityNotFoundError', viewer.language, ['identityId'])
      case 'notEligible':
        return notEligible(outcome.obstacles, viewer.language)
      default:
        return unreachable(outcome)
    }
  },
}

function customer(viewer: Viewer): Viewer & { readonly principal: AccountPrincipal } {
  const { principal } = viewer
  invariant(principal.kind === 'account', '@access lets only customers who are signed in come here')
  return { ...viewer, principal }
}
