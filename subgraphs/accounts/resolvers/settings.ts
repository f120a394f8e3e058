import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'

export const settingsMutations: MutationResolvers = {
  setLanguage: async (_, { input }, { setLanguage, viewer }) => {
    const outcome = await setLanguage({ language: input.language === 'RU' ? 'ru' : 'en' }, viewer)
    switch (outcome.kind) {
      case 'set':
        return { __typename: 'SetLanguageSuccess', account: outcome.account }
      case 'notPermitted':
        return refusal('MembershipNotPermittedError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },
}
