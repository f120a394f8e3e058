import * as openid from 'openid-client'
import type { Clock } from '../../../../platform/clock.ts'
import type { ProviderClient, SubjectSource } from '../../../../platform/identity/identity-provider.ts'
import type { Logger } from '../../../../platform/logger.ts'
import { withTimeout } from '../../../../platform/with-timeout.ts'
import { readClaim } from './claim.ts'
import { createConfigurationSource, EXCHANGE_TIMEOUT_MS } from './configuration.ts'
import { codeOf, type ProviderFailure, toFailure } from './provider-error.ts'

/** One who can say who somebody is, by OpenID Connect or, without ID tokens, by OAuth 2. */
export interface Provider {
  readonly id: string
  readonly redirectUris: readonly string[]
  /** Where the person is sent; null when the provider does not answer. */
  authorizationUrl(redirectUri: string, secrets: FlowSecrets): Promise<string | null>
  /** Takes what came back with the person: the redirect URI, and the parameters that the provider put into it. */
  identify(callback: URL, secrets: FlowSecrets): Promise<ProviderVerdict>
}

/** What ties the beginning and the end of one sign-in together. */
export interface FlowSecrets {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export type ProviderVerdict = Identified | ProviderFailure

export interface Identified {
  readonly kind: 'identified'
  readonly subject: string
  readonly claims: Claims
}

export type Claims = Readonly<Record<string, unknown>>

export interface ProviderOptions extends ProviderClient {
  readonly id: string
  readonly subject: SubjectSource
  readonly returnedParameters: readonly string[]
}

export interface ProviderServices {
  readonly clock: Clock
  readonly logger: Logger
}

export function createProvider(options: ProviderOptions, { clock, logger }: ProviderServices): Provider {
  const configuration = createConfigurationSource(options, clock)
  const { id, redirectUris } = options
  return {
    id,
    redirectUris,
    async authorizationUrl(redirectUri, secrets) {
      try {
        const url = await buildAuthorizationUrl(await configuration(), options, redirectUri, secrets)
        return url.href
      } catch (error) {
        logger.warn({ provider: id, reason: codeOf(error) }, 'a provider of identities did not answer')
        return null
      }
    },
    async identify(callback, secrets) {
      try {
        const exchange = configuration().then((config) => identify(config, options, callback, secrets))
        return await withTimeout(exchange, EXCHANGE_TIMEOUT_MS)
      } catch (error) {
        const failure = toFailure(error)
        const isDown = failure.kind === 'unavailable'
        const message = isDown ? 'a provider of identities did not answer' : 'a provider of identities refused'
        logger[isDown ? 'warn' : 'info']({ provider: id, reason: codeOf(error) }, message)
        return failure
      }
    },
  }
}

async function buildAuthorizationUrl(
  config: openid.Configuration,
  { scopes, subject }: ProviderOptions,
  redirectUri: string,
  { state, nonce, codeVerifier }: FlowSecrets,
): Promise<URL> {
  return openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    state,
    code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    // A nonce comes back in the ID token; who gives none would not know what to do with it.
    ...(subject.in === 'id-token' && { nonce }),
  })
}

async function identify(
  config: openid.Configuration,
  options: ProviderOptions,
  callback: URL,
  { state, nonce, codeVerifier }: FlowSecrets,
): Promise<ProviderVerdict> {
  const returned = options.returnedParameters.flatMap((name) => {
    const value = callback.searchParams.get(name)
    return value === null ? [] : [[name, value]]
  })
  const isOpenId = options.subject.in === 'id-token'
  const tokens = await openid.authorizationCodeGrant(
    config,
    callback,
    { expectedState: state, pkceCodeVerifier: codeVerifier, ...(isOpenId && { expectedNonce: nonce }) },
    Object.fromEntries(returned),
  )
  const claims = await readClaims(config, options, tokens)
  const subject = readSubject(claims, options.subject)
  return subject === null ? { kind: 'refused' } : { kind: 'identified', subject, claims }
}

async function readClaims(
  config: openid.Configuration,
  { subject, endpoints }: ProviderOptions,
  tokens: openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers,
): Promise<Claims> {
  if (subject.in === 'id-token') return tokens.claims() ?? {}
  if (subject.in === 'token-response') return tokens
  const send = config[openid.customFetch]
  const response = await send?.(endpoints?.userinfo ?? '', {
    method: 'GET',
    headers: { accept: 'application/json', authorization: `${subject.scheme} ${tokens.access_token}` },
    body: null,
    redirect: 'manual',
    signal: AbortSignal.timeout(EXCHANGE_TIMEOUT_MS),
  })
  if (response?.status !== 200) throw new Error('the provider does not say who it is')
  return (await response.json()) as Claims
}

const SUBJECT_LENGTH_MAX = 255

/** Some count their people and so answer with a number. */
function readSubject(claims: Claims, { claim }: SubjectSource): string | null {
  const value = readClaim(claims, claim)
  const text = Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && text !== '' && text.length <= SUBJECT_LENGTH_MAX ? text : null
}
