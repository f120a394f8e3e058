import { unreachable } from '../../../platform/invariant.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { refusal } from './refusal.ts'
import { signedIn } from './signed-in.ts'

export const oneTimePasswordMutations: Pick<
  MutationResolvers,
  | 'requestCaptcha'
  | 'requestProofOfWork'
  | 'requestOneTimePassword'
  | 'resendOneTimePassword'
  | 'signInWithOneTimePassword'
> = {
  requestCaptcha: async (_, __, { viewer, requestCaptcha }) => {
    const outcome = await requestCaptcha(viewer)
    switch (outcome.kind) {
      case 'drawn':
        return { __typename: 'RequestCaptchaSuccess', captcha: outcome.captcha }
      case 'tooManyRequests':
        return { ...refusal('TooManyRequestsError', viewer.language, []), retryAt: outcome.retryAt }
      default:
        return unreachable(outcome)
    }
  },

  requestProofOfWork: async (_, __, { viewer, requestProofOfWork }) => {
    const outcome = await requestProofOfWork(viewer)
    switch (outcome.kind) {
      case 'made':
        return { __typename: 'RequestProofOfWorkSuccess', proofOfWork: outcome.proofOfWork }
      case 'tooManyRequests':
        return { ...refusal('TooManyRequestsError', viewer.language, []), retryAt: outcome.retryAt }
      default:
        return unreachable(outcome)
    }
  },

  requestOneTimePassword: async (_, { input }, { viewer, requestOneTimePassword }) => {
    const outcome = await requestOneTimePassword(input, viewer)
    switch (outcome.kind) {
      case 'sent':
        return { __typename: 'RequestOneTimePasswordSuccess', delivery: outcome.delivery }
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', viewer.language, ['phone'])
      case 'captchaFailed':
        return refusal('CaptchaFailedError', viewer.language, ['captchaAnswer'])
      case 'tooManyRequests':
        return { ...refusal('TooManyRequestsError', viewer.language, []), retryAt: outcome.retryAt }
      default:
        return unreachable(outcome)
    }
  },

  resendOneTimePassword: async (_, { input }, { viewer, resendOneTimePassword }) => {
    const outcome = await resendOneTimePassword(input, viewer)
    switch (outcome.kind) {
      case 'sent':
        return { __typename: 'ResendOneTimePasswordSuccess', delivery: outcome.delivery }
      case 'deliveryNotFound':
        return refusal('OneTimePasswordDeliveryNotFoundError', viewer.language, ['deliveryId'])
      case 'tooManyRequests':
        return { ...refusal('TooManyRequestsError', viewer.language, []), retryAt: outcome.retryAt }
      default:
        return unreachable(outcome)
    }
  },

  signInWithOneTimePassword: async (_, { input }, context) => {
    const { viewer } = context
    const outcome = await context.signInWithOneTimePassword({ ...input, deviceName: input.deviceName ?? null }, viewer)
    switch (outcome.kind) {
      case 'signedIn':
        return signedIn(context, outcome.issued)
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', viewer.language, ['phone'])
      case 'invalidPassword':
        return refusal('InvalidOneTimePasswordError', viewer.language, ['code'])
      case 'tooManyAttempts':
        return { ...refusal('TooManyAttemptsError', viewer.language, ['phone']), retryAt: outcome.retryAt }
      default:
        return unreachable(outcome)
    }
  },
}
