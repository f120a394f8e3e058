import { unreachable } from '../../../platform/invariant.ts'
import { formatKopecks } from '../../../platform/money.ts'
import type {
  InvitationResolvers,
  MemberLimitResolvers,
  MutationResolvers,
  OrganizationMemberResolvers,
  OrganizationMembershipResolvers,
} from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'
import { signedIn } from './signed-in.ts'

const toDecimal = (kopecks: bigint | null) => (kopecks === null ? null : formatKopecks(kopecks))

export const organizationMember: OrganizationMemberResolvers = {
  displayName: ({ display_name }) => display_name,
  monthlyLimit: ({ monthly_limit_kopecks }) => toDecimal(monthly_limit_kopecks),
}

export const organizationMembership: OrganizationMembershipResolvers = {
  organizationId: ({ organization_id }) => organization_id,
  displayName: ({ display_name }) => display_name,
  monthlyLimit: ({ monthly_limit_kopecks }) => toDecimal(monthly_limit_kopecks),
}

export const memberLimit: MemberLimitResolvers = {
  monthlyLimitKopecks: ({ monthly_limit_kopecks }) => monthly_limit_kopecks?.toString() ?? null,
}

export const invitation: InvitationResolvers = {
  organizationName: ({ organization_name }) => organization_name,
  sentAt: ({ created_at }) => created_at,
  expiresAt: ({ expires_at }) => expires_at,
}

export const invitationMutations: MutationResolvers = {
  inviteMember: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.inviteMember(input, viewer)
    switch (outcome.kind) {
      case 'invited':
        return { __typename: 'InviteMemberSuccess', invitation: outcome.invitation }
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', viewer.language, ['phone'])
      case 'tooMany':
        return refusal('TooManyInvitationsError', viewer.language, [])
      case 'notAnOrganization':
        return refusal('NotAnOrganizationError', viewer.language, [])
      case 'notPermitted':
        return refusal('MembershipNotPermittedError', viewer.language, ['role'])
      default:
        return unreachable(outcome)
    }
  },

  revokeInvitation: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.revokeInvitation(input, viewer)
    switch (outcome.kind) {
      case 'revoked':
        return { __typename: 'RevokeInvitationSuccess', invitationId: outcome.invitationId }
      case 'invitationNotFound':
        return refusal('InvitationNotFoundError', viewer.language, ['invitationId'])
      case 'notAnOrganization':
        return refusal('NotAnOrganizationError', viewer.language, [])
      case 'notPermitted':
        return refusal('MembershipNotPermittedError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },

  acceptInvitation: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.acceptInvitation(input, viewer)
    switch (outcome.kind) {
      case 'accepted':
        return { __typename: 'AcceptInvitationSuccess', organization: outcome.membership }
      case 'invitationNotFound':
        return refusal('InvitationNotFoundError', viewer.language, ['code'])
      case 'alreadyMember':
        return refusal('AlreadyMemberError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },

  declineInvitation: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.declineInvitation(input, viewer)
    switch (outcome.kind) {
      case 'declined':
        return { __typename: 'DeclineInvitationSuccess', invitationId: outcome.invitationId }
      case 'invitationNotFound':
        return refusal('InvitationNotFoundError', viewer.language, ['invitationId'])
      default:
        return unreachable(outcome)
    }
  },
}

export const membershipMutations: MutationResolvers = {
  changeMemberRole: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.changeMemberRole(input, viewer)
    switch (outcome.kind) {
      case 'changed':
        return { __typename: 'ChangeMemberRoleSuccess', member: outcome.member }
      case 'memberNotFound':
        return refusal('MemberNotFoundError', viewer.language, ['memberId'])
      case 'lastOwner':
        return refusal('LastOwnerError', viewer.language, ['memberId'])
      case 'notAnOrganization':
        return refusal('NotAnOrganizationError', viewer.language, [])
      case 'notPermitted':
        return refusal('MembershipNotPermittedError', viewer.language, ['memberId'])
      default:
        return unreachable(outcome)
    }
  },

  removeMember: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.removeMember(input, viewer)
    switch (outcome.kind) {
      case 'removed':
        return { __typename: 'RemoveMemberSuccess', memberId: outcome.memberId }
      case 'memberNotFound':
        return refusal('MemberNotFoundError', viewer.language, ['memberId'])
      case 'lastOwner':
        return refusal('LastOwnerError', viewer.language, ['memberId'])
      case 'notAnOrganization':
        return refusal('NotAnOrganizationError', viewer.language, [])
      case 'notPermitted':
        return refusal('MembershipNotPermittedError', viewer.language, ['memberId'])
      default:
        return unreachable(outcome)
    }
  },

  leaveOrganization: async (_, { input }, { organizations, viewer }) => {
    const outcome = await organizations.leaveOrganization(input, viewer)
    switch (outcome.kind) {
      case 'left':
        return { __typename: 'LeaveOrganizationSuccess', organizationId: outcome.organizationId }
      case 'organizationNotFound':
        return refusal('OrganizationNotFoundError', viewer.language, ['organizationId'])
      case 'lastOwner':
        return refusal('LastOwnerError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },

  setMemberLimit: async (_, { input }, { organizations, viewer }) => {
    const command = { memberId: input.memberId, monthlyLimit: input.monthlyLimit ?? null }
    const outcome = await organizations.setMemberLimit(command, viewer)
    switch (outcome.kind) {
      case 'set':
        return { __typename: 'SetMemberLimitSuccess', member: outcome.member }
      case 'invalidLimit':
        return refusal('InvalidLimitError', viewer.language, ['monthlyLimit'])
      case 'memberNotFound':
        return refusal('MemberNotFoundError', viewer.language, ['memberId'])
      case 'notAnOrganization':
        return refusal('NotAnOrganizationError', viewer.language, [])
      case 'notPermitted':
        return refusal('MembershipNotPermittedError', viewer.language, ['memberId'])
      default:
        return unreachable(outcome)
    }
  },

  actForOrganization: async (_, { input }, context) => {
    const { organizations, viewer } = context
    const command = { organizationId: input.organizationId, deviceName: input.deviceName ?? null }
    const outcome = await organizations.actForOrganization(command, viewer)
    switch (outcome.kind) {
      case 'signedIn':
        return signedIn(context, outcome.session)
      case 'organizationNotFound':
        return refusal('OrganizationNotFoundError', viewer.language, ['organizationId'])
      case 'sessionEnded':
        return refusal('SessionEndedError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },
}
