import { unreachable } from '../../../platform/invariant.ts'
import type { Language } from '../../../platform/languages.ts'
import type { ProviderSignInFailure } from '../actions/providers/finish-provider-sign-in.ts'
import type { StartedProviderSignIn, StartProviderSignInOutcome } from '../actions/providers/start-provider-sign-in.ts'
import { refusal } from './refusal.ts'

/** How a sign-in at a provider has begun, whoever it is for: the success is named by the mutation. */
export function startedOrRefused<Success extends string>(
  success: Success,
  outcome: StartProviderSignInOutcome | { readonly kind: 'providerNotFound' },
  language: Language,
  atProvider: readonly string[],
) {
  switch (outcome.kind) {
    case 'started':
      return { __typename: success, ...toStarted(outcome) }
    case 'providerNotFound':
      return refusal('ProviderNotFoundError', language, atProvider)
    case 'redirectNotAllowed':
      return refusal('RedirectNotAllowedError', language, ['redirectUri'])
    case 'providerUnavailable':
      return refusal('ProviderUnavailableError', language, [])
    case 'tooManyRequests':
      return { ...refusal('TooManyRequestsError', language, []), retryAt: outcome.retryAt }
    default:
      return unreachable(outcome)
  }
}

function toStarted({ authorizationUrl, state, flowSecret, expiresAt }: StartedProviderSignIn): StartedProviderSignIn {
  return { authorizationUrl, state, flowSecret, expiresAt }
}

/** Why a sign-in at a provider came to nothing. */
export function providerRefusal(failure: ProviderSignInFailure, language: Language) {
  switch (failure.kind) {
    case 'signInNotFound':
      return refusal('ProviderSignInNotFoundError', language, ['callbackUrl'])
    case 'providerRefused':
      return refusal('ProviderRefusedError', language, ['callbackUrl'])
    case 'providerUnavailable':
      return refusal('ProviderUnavailableError', language, [])
    default:
      return unreachable(failure)
  }
}
