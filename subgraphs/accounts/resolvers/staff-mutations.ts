import type { StaffRole as Role } from '../../../platform/identity/viewer.ts'
import type { MutationResolvers, StaffRole } from '../generated/resolvers.ts'
import { providerRefusal, startedOrRefused } from './provider-outcome.ts'
import { refusal } from './refusal.ts'

const ROLES: Readonly<Record<Role, StaffRole>> = {
  'link-clerk': 'LINK_CLERK',
  salon: 'SALON',
  consultant: 'CONSULTANT',
  supervisor: 'SUPERVISOR',
}

/** Signing in of staff, by the operator's own provider. */
export const staffMutations: Pick<MutationResolvers, 'startStaffSignIn' | 'signInAsStaff'> = {
  startStaffSignIn: async (_, { input }, { viewer, startStaffSignIn }) => {
    const outcome = await startStaffSignIn({ redirectUri: input.redirectUri ?? null }, viewer.client)
    return startedOrRefused('StartStaffSignInSuccess', outcome, viewer.language, [])
  },

  signInAsStaff: async (_, { input }, { viewer, signInAsStaff }) => {
    const outcome = await signInAsStaff(input, viewer)
    switch (outcome.kind) {
      case 'signedIn': {
        const { roles, ...session } = outcome.session
        return { __typename: 'SignInAsStaffSuccess', session: { ...session, roles: roles.map((role) => ROLES[role]) } }
      }
      case 'noStaffRole':
        return refusal('NoStaffRoleError', viewer.language, [])
      default:
        return providerRefusal(outcome, viewer.language)
    }
  },
}
