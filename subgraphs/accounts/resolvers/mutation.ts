import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { notEligible } from './eligibility.ts'
import { identityMutations } from './identity-mutations.ts'
import { refusal } from './refusal.ts'
import { signedIn } from './signed-in.ts'
import { staffMutations } from './staff-mutations.ts'

export const mutation: MutationResolvers = {
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
