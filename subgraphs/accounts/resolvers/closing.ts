import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'
import { simChanged } from './sim-changed.ts'

/** The mutation that closes an account. */
export const closing = {
  closeAccount: async (_, { input }, { viewer, closeAccount }) => {
    const outcome = await closeAccount(input, viewer)
    switch (outcome.kind) {
      case 'closed':
        return { __typename: 'CloseAccountSuccess', closedAt: outcome.at }
      case 'accountNotFound':
        return refusal('AccountNotFoundError', viewer.language, ['accountId'])
      case 'notOwner':
        return refusal('OrganizationOwnerRequiredError', viewer.language, [])
      case 'recentSignInRequired':
        return refusal('FreshSignInRequiredError', viewer.language, [])
      case 'simChanged':
        return simChanged(outcome.until, viewer.language)
      case 'hasMembers':
        return refusal('OrganizationHasMembersError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },
} satisfies MutationResolvers
