import type { MutationResolvers } from '../generated/resolvers.ts'

export const settingsMutations: MutationResolvers = {
  setLanguage: async (_, { input }, { setLanguage, viewer }) => ({
    __typename: 'SetLanguageSuccess',
    account: await setLanguage({ language: input.language === 'RU' ? 'ru' : 'en' }, viewer),
  }),
}
