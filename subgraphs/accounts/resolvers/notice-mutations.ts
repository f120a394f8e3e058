import { badUserInput } from '../../../platform/errors.ts'
import { invariant, unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'

const NOTICES_MARKED_MAX = 100

export const noticeMutations = {
  setNotificationPreference: async (_, { input }, { viewer, setNotificationPreference }) => {
    const outcome = await setNotificationPreference(input, viewer)
    switch (outcome.kind) {
      case 'set':
        return { __typename: 'SetNotificationPreferenceSuccess', preference: outcome.preference }
      case 'securityNoticesRequired':
        return refusal('SecurityNoticesRequiredError', viewer.language, ['isEnabled'])
      case 'settingsNotPermitted':
        return refusal('SettingsNotPermittedError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },

  markNoticesRead: async (_, { input: { noticeIds } }, { viewer, grant, accounts, markNoticesRead }) => {
    const { length } = noticeIds
    if (length < 1 || length > NOTICES_MARKED_MAX) {
      throw badUserInput(`\`noticeIds\` are 1 to ${NOTICES_MARKED_MAX}, not ${length}.`)
    }
    const { accountId } = grant
    invariant(accountId, 'whoever is signed in acts in an account')
    const outcome = await markNoticesRead({ accountId, noticeIds })
    switch (outcome.kind) {
      case 'read': {
        const language = (await accounts.load(accountId))?.language ?? viewer.language
        const rows = outcome.notices.toSorted((a, b) => (a.id < b.id ? -1 : 1))
        return { __typename: 'MarkNoticesReadSuccess', notices: rows.map((row) => ({ ...row, language })) }
      }
      case 'noticeNotFound':
        return refusal('NoticeNotFoundError', viewer.language, ['noticeIds'])
      default:
        return unreachable(outcome)
    }
  },
} satisfies MutationResolvers
