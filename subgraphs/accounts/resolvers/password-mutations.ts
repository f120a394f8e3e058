import { unreachable } from '../../../platform/invariant.ts'
import type { Language } from '../../../platform/languages.ts'
import type { TooMany } from '../actions/passwords/check-password.ts'
import type { PasswordWeakness } from '../actions/passwords/password-weaknesses.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'
import { signedIn } from './signed-in.ts'
import { simChanged } from './sim-changed.ts'

export const passwordMutations: Pick<
  MutationResolvers,
  'signInWithPassword' | 'setPassword' | 'changePassword' | 'resetPassword'
> = {
  signInWithPassword: async (_, { input }, context) => {
    const { language } = context.viewer
    const command = { ...input, deviceName: input.deviceName ?? null }
    const outcome = await context.signInWithPassword(command, context.viewer)
    switch (outcome.kind) {
      case 'signedIn':
        return signedIn(context, outcome.issued)
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', language, ['phone'])
      case 'wrongPassword':
        return refusal('WrongPasswordError', language, ['password'])
      case 'tooManyAttempts':
        return { ...refusal('TooManyAttemptsError', language, ['password']), retryAt: outcome.retryAt }
      case 'tooManyRequests':
        return tooManyRequests(outcome, language)
      default:
        return unreachable(outcome)
    }
  },

  setPassword: async (_, { input }, { viewer, setPassword }) => {
    const { language } = viewer
    const outcome = await setPassword(input, viewer)
    switch (outcome.kind) {
      case 'stored':
        return { __typename: 'SetPasswordSuccess', signedOutSessions: outcome.signedOutSessions }
      case 'weakPassword':
        return weakPassword(outcome.weaknesses, language)
      case 'passwordAlreadySet':
        return refusal('PasswordAlreadySetError', language, [])
      case 'freshSignInRequired':
        return refusal('FreshSignInRequiredError', language, [])
      case 'held':
        return simChanged(outcome.until, language)
      case 'tooManyRequests':
        return tooManyRequests(outcome, language)
      default:
        return unreachable(outcome)
    }
  },

  changePassword: async (_, { input }, { viewer, changePassword }) => {
    const { language } = viewer
    const outcome = await changePassword(input, viewer)
    switch (outcome.kind) {
      case 'stored':
        return { __typename: 'ChangePasswordSuccess', signedOutSessions: outcome.signedOutSessions }
      case 'weakPassword':
        return weakPassword(outcome.weaknesses, language)
      case 'wrongPassword':
        return refusal('WrongPasswordError', language, ['currentPassword'])
      case 'held':
        return simChanged(outcome.until, language)
      case 'tooManyAttempts':
        return { ...refusal('TooManyAttemptsError', language, ['currentPassword']), retryAt: outcome.retryAt }
      case 'tooManyRequests':
        return tooManyRequests(outcome, language)
      default:
        return unreachable(outcome)
    }
  },

  resetPassword: async (_, { input }, { viewer, resetPassword }) => {
    const { language } = viewer
    const outcome = await resetPassword(input, viewer)
    switch (outcome.kind) {
      case 'stored':
        return { __typename: 'ResetPasswordSuccess', signedOutSessions: outcome.signedOutSessions }
      case 'weakPassword':
        return weakPassword(outcome.weaknesses, language)
      case 'freshSignInRequired':
        return refusal('FreshSignInRequiredError', language, [])
      case 'held':
        return simChanged(outcome.until, language)
      case 'tooManyRequests':
        return tooManyRequests(outcome, language)
      default:
        return unreachable(outcome)
    }
  },
}

function weakPassword(weaknesses: readonly PasswordWeakness[], language: Language) {
  return { ...refusal('WeakPasswordError', language, ['newPassword']), weaknesses: [...weaknesses] }
}

function tooManyRequests({ retryAt }: Extract<TooMany, { kind: 'tooManyRequests' }>, language: Language) {
  return { ...refusal('TooManyRequestsError', language, []), retryAt }
}
