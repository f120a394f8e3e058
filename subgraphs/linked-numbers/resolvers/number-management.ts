import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { loadLine } from './load-line.ts'
import { refusal } from './refusal.ts'

/** The mutations that switch «Управление номерами». */
export const numberManagement = {
  enableNumberManagement: async (_, { input }, context) => {
    const { viewer } = context
    const outcome = await context.enableNumberManagement(input, context)
    switch (outcome.kind) {
      case 'done':
        return { __typename: 'EnableNumberManagementSuccess', line: await loadLine(context, outcome.lineId) }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  disableNumberManagement: async (_, { input }, context) => {
    const { viewer } = context
    const outcome = await context.disableNumberManagement(input, context)
    switch (outcome.kind) {
      case 'done':
        return { __typename: 'DisableNumberManagementSuccess', line: await loadLine(context, outcome.lineId) }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  enableNumberManagementByPhone: async (_, { input }, { viewer, enableNumberManagementByPhone }) => {
    const outcome = await enableNumberManagementByPhone(input, viewer)
    switch (outcome.kind) {
      case 'done':
        return { __typename: 'EnableNumberManagementByPhoneSuccess', lineId: outcome.lineId }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['phone'])
      default:
        return unreachable(outcome)
    }
  },
} satisfies MutationResolvers
