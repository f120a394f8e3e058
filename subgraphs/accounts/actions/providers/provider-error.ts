import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'

/** What an error in talking with a provider means for the one who waits. */
export type ProviderFailure = { readonly kind: 'refused' } | { readonly kind: 'unavailable' }

/** What a provider says of itself and not of the person. */
const OWN_TROUBLE = ['server_error', 'temporarily_unavailable', 'invalid_client', 'unauthorized_client', 'slow_down']

/** The provider did answer, and what it said is not to be believed. */
const NOT_BELIEVED = [
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]

/** A refusal is the person's or the provider's word against them; all else is a provider that does not work now. */
export function toFailure(error: unknown): ProviderFailure {
  if (error instanceof AuthorizationResponseError) return refusedUnless(OWN_TROUBLE.includes(error.error))
  if (error instanceof ResponseBodyError) return refusedUnless(error.status >= 500 || OWN_TROUBLE.includes(error.error))
  if (error instanceof ClientError) return refusedUnless(!NOT_BELIEVED.includes(error.code ?? ''))
  return { kind: 'unavailable' }
}

function refusedUnless(isOwnTrouble: boolean): ProviderFailure {
  return { kind: isOwnTrouble ? 'unavailable' : 'refused' }
}

/** What a log may say of it: a code, and nothing of what was sent or answered. */
export function codeOf(error: unknown): string {
  const { code, cause, name } = error as { code?: unknown; cause?: { code?: unknown }; name?: unknown }
  return String(code ?? cause?.code ?? name ?? 'unknown')
}
