import { toRights } from '../../../platform/access/rights.ts'
import { invariant, unreachable } from '../../../platform/invariant.ts'
import type { Context } from '../context.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import type { LineRow } from '../store/lines.ts'
import { refusal } from './refusal.ts'

export const mutation: MutationResolvers = {
  grantLineAccess: async (_, { input }, context) => {
    const { grant, viewer } = context
    const outcome = await context.grantLineAccess({ ...input, until: input.until ?? null }, grant)
    switch (outcome.kind) {
      case 'granted': {
        const { accountId, rights, until, lineId } = outcome.access
        return {
          __typename: 'GrantLineAccessSuccess',
          line: await loadLine(context, lineId),
          access: { accountId, rights: toRights(rights), until },
        }
      }
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', viewer.language, ['phone'])
      case 'invalidRights':
        return refusal('InvalidLineRightsError', viewer.language, [outcome.at])
      case 'subscriberNotFound':
        return refusal('SubscriberNotFoundError', viewer.language, ['phone'])
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  revokeLineAccess: async (_, { input }, context) => {
    const { grant, viewer } = context
    const outcome = await context.revokeLineAccess(input, grant)
    switch (outcome.kind) {
      case 'revoked':
        return { __typename: 'RevokeLineAccessSuccess', line: await loadLine(context, outcome.lineId) }
      case 'accessNotFound':
        return refusal('LineAccessNotFoundError', viewer.language, ['accountId'])
      case 'ownLine':
        return refusal('OwnLineError', viewer.language, ['accountId'])
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  unlinkNumber: async (_, { input }, { grant, viewer, unlinkNumber }) => {
    const outcome = await unlinkNumber(input, grant)
    switch (outcome.kind) {
      case 'unlinked':
        return { __typename: 'UnlinkNumberSuccess', lineId: outcome.lineId }
      case 'ownLine':
        return refusal('OwnLineError', viewer.language, ['lineId'])
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },

  admitSubscriber: async (_, { input }, { viewer, admitSubscriber }) => {
    const outcome = await admitSubscriber(input, viewer)
    switch (outcome.kind) {
      case 'admitted':
        return { __typename: 'AdmitSubscriberSuccess', lineId: outcome.lineId }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      default:
        return unreachable(outcome)
    }
  },
}

async function loadLine({ lines, grant }: Context, lineId: string): Promise<LineRow> {
  const line = await lines.load({ lineId, ...grant })
  invariant(line, 'a line whose rights were just changed by its owner is there for its owner')
  return line
}
