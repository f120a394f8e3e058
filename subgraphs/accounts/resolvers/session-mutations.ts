import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'
import { signedIn } from './signed-in.ts'

export const sessionMutations: Pick<
  MutationResolvers,
  'refreshSession' | 'signOut' | 'revokeSession' | 'revokeOtherSessions'
> = {
  refreshSession: async (_, { input }, context) => {
    const outcome = await context.refreshSession(input, context.viewer)
    switch (outcome.kind) {
      case 'refreshed':
        return signedIn(context, outcome.issued)
      case 'invalidRefreshToken':
        return refusal('InvalidRefreshTokenError', context.viewer.language, ['refreshToken'])
      default:
        return unreachable(outcome)
    }
  },

  signOut: async (_, __, { viewer, signOut }) => {
    const outcome = await signOut(viewer)
    switch (outcome.kind) {
      case 'signedOut':
        return { __typename: 'SignOutSuccess', signedOutSessions: outcome.signedOutSessions }
      case 'sessionNotFound':
        return refusal('SessionNotFoundError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },

  revokeSession: async (_, { input }, { viewer, revokeSession }) => {
    const outcome = await revokeSession(input, viewer)
    switch (outcome.kind) {
      case 'signedOut':
        return { __typename: 'RevokeSessionSuccess', sessionId: input.sessionId }
      case 'sessionNotFound':
        return refusal('SessionNotFoundError', viewer.language, ['sessionId'])
      default:
        return unreachable(outcome)
    }
  },

  revokeOtherSessions: async (_, __, { viewer, revokeOtherSessions }) => {
    const outcome = await revokeOtherSessions(viewer)
    switch (outcome.kind) {
      case 'signedOut':
        return { __typename: 'RevokeOtherSessionsSuccess', signedOutSessions: outcome.signedOutSessions }
      case 'sessionNotFound':
        return refusal('SessionNotFoundError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },
}
