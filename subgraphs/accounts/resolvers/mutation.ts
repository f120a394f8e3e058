import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { closing } from './closing.ts'
import { consultantMutations } from './consultant-mutations.ts'
import { conversationMutations } from './conversation-mutations.ts'
import { dataExports } from './data-exports.ts'
import { notEligible } from './eligibility.ts'
import { identityMutations } from './identity-mutations.ts'
import { newsMutations } from './news.ts'
import { noticeMutations } from './notice-mutations.ts'
import { oneTimePasswordMutations } from './one-time-password-mutations.ts'
import { invitationMutations, membershipMutations } from './organizations.ts'
import { passwordMutations } from './password-mutations.ts'
import { refusal } from './refusal.ts'
import { sessionMutations } from './session-mutations.ts'
import { settingsMutations } from './settings.ts'
import { signedIn } from './signed-in.ts'
import { staffMutations } from './staff-mutations.ts'

export const mutation: MutationResolvers = {
  ...noticeMutations,
  ...consultantMutations,
  ...conversationMutations,
  ...invitationMutations,
  ...membershipMutations,
  ...newsMutations,
  ...settingsMutations,
  ...closing,
  ...dataExports,
  ...oneTimePasswordMutations,
  ...passwordMutations,
  ...sessionMutations,
  ...identityMutations,
  ...staffMutations,

  signInFromNetwork: async (_, { input }, context) => {
    const { viewer } = context
    const outcome = await context.signInFromNetwork({ deviceName: input.deviceName ?? null }, viewer)
    switch (outcome.kind) {
      case 'signedIn':
        return signedIn(context, outcome.session)
      case 'notOnOperatorNetwork':
        return refusal('NotOnOperatorNetworkError', viewer.language, [])
      case 'lineBlocked':
        return notEligible([{ code: 'LINE_BLOCKED' }], viewer.language)
      default:
        return unreachable(outcome)
    }
  },
}
