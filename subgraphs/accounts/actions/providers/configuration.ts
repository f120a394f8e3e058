import * as openid from 'openid-client'
import type { Clock } from '../../../../platform/clock.ts'
import { isInsecure } from '../../../../platform/identity/identity-provider.ts'
import type { ProviderOptions } from './provider.ts'
import { createProviderFetch, withoutIdToken } from './provider-fetch.ts'

/** All that is asked of a provider for one sign-in takes no longer: the gateway waits two seconds for our answer. */
export const EXCHANGE_TIMEOUT_MS = 1_500

/** How long what a provider tells of itself is used again, and how long it is left alone when it tells nothing. */
const DISCOVERY_FRESH_MS = 3_600_000
const DISCOVERY_REST_MS = 60_000

export type ConfigurationSource = () => Promise<openid.Configuration>

/** Gives what is known of a provider: as it was configured, else as the provider itself tells it, asked once an hour. */
export function createConfigurationSource(options: ProviderOptions, clock: Clock): ConfigurationSource {
  if (options.endpoints) {
    const configuration = Promise.resolve(configure(options, options.endpoints))
    return () => configuration
  }
  let known: openid.Configuration | null = null
  let asking: Promise<openid.Configuration> | null = null
  let freshUntil = 0

  async function ask(): Promise<openid.Configuration> {
    try {
      known = await discover(options)
      freshUntil = clock.now().getTime() + DISCOVERY_FRESH_MS
      return known
    } catch (error) {
      if (!known) throw error
      // What was true an hour ago is better than nothing while the provider does not tell it anew.
      freshUntil = clock.now().getTime() + DISCOVERY_REST_MS
      return known
    } finally {
      asking = null
    }
  }

  return async () => {
    if (known && clock.now().getTime() < freshUntil) return known
    asking ??= ask()
    return asking
  }
}

async function discover(options: ProviderOptions): Promise<openid.Configuration> {
  const { issuer, clientId } = options
  const configuration = await openid.discovery(new URL(issuer), clientId, undefined, authentication(options), {
    [openid.customFetch]: createProviderFetch(originsOf(options)),
    timeout: EXCHANGE_TIMEOUT_MS / 1_000,
    execute: isInsecure(options) ? [openid.allowInsecureRequests] : [],
  })
  // ID tokens come straight from the provider, and their signatures are checked all the same.
  openid.enableNonRepudiationChecks(configuration)
  return configuration
}

function configure(
  options: ProviderOptions,
  endpoints: NonNullable<ProviderOptions['endpoints']>,
): openid.Configuration {
  const { issuer, clientId } = options
  const { authorization, token, userinfo } = endpoints
  const configuration = new openid.Configuration(
    {
      issuer,
      authorization_endpoint: authorization,
      token_endpoint: token,
      ...(userinfo !== undefined && { userinfo_endpoint: userinfo }),
    },
    clientId,
    undefined,
    authentication(options),
  )
  configuration.timeout = EXCHANGE_TIMEOUT_MS / 1_000
  configuration[openid.customFetch] = withoutIdToken(createProviderFetch(originsOf(options)))
  if (isInsecure(options)) openid.allowInsecureRequests(configuration)
  return configuration
}

function authentication({ clientAuthentication, clientSecret }: ProviderOptions): openid.ClientAuth {
  switch (clientAuthentication) {
    case 'basic':
      return openid.ClientSecretBasic(clientSecret)
    case 'post':
      return openid.ClientSecretPost(clientSecret)
    case 'none':
      return openid.None()
  }
}

function originsOf({
  issuer,
  origins,
  endpoints = {},
}: Pick<ProviderOptions, 'issuer' | 'origins'> & {
  readonly endpoints?: object | undefined
}): ReadonlySet<string> {
  return new Set([issuer, ...origins, ...Object.values(endpoints)].map((url) => new URL(url).origin))
}
