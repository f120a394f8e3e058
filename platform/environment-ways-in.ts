import { z } from 'zod'
import { addresses, EnvironmentError, json, keySet } from './environment-values.ts'
import { isInsecure, type ProviderClient, socialProvider, staffProvider } from './identity/identity-provider.ts'
import { DEVELOPMENT_SECRET_PREFIX } from './identity/secrets.ts'

// The variables of the ways in beside one-time passwords and passwords.

const socialProviders = json
  .pipe(z.array(socialProvider))
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'has two providers of one id')

/** Whose word is taken for the number that a request comes from. */
export const networkElement = {
  NETWORK_ELEMENTS: addresses,
  NETWORK_ELEMENT_JWKS: keySet.optional(),
}

/** The ways in beside one-time passwords and passwords; without their variables there are none. */
export const otherWaysIn = {
  SOCIAL_PROVIDERS: socialProviders.default([]),
  STAFF_PROVIDER: json.pipe(staffProvider).optional(),
}

type OtherWaysIn = { readonly [Name in keyof typeof otherWaysIn]: z.output<(typeof otherWaysIn)[Name]> }

/** What is shared with providers of identities is real in production, which speaks to them over an encrypted wire only. */
export function refuseDemoProviders(environment: Record<string, unknown>): void {
  if (environment['NODE_ENV'] !== 'production') return
  const { SOCIAL_PROVIDERS = [], STAFF_PROVIDER } = environment as Partial<OtherWaysIn>
  refuseDemoProvider('STAFF_PROVIDER', STAFF_PROVIDER)
  for (const provider of SOCIAL_PROVIDERS) refuseDemoProvider('SOCIAL_PROVIDERS', provider)
}

function refuseDemoProvider(name: string, provider: ProviderClient | undefined): void {
  if (!provider) return
  if (provider.clientSecret?.startsWith(DEVELOPMENT_SECRET_PREFIX)) {
    throw new EnvironmentError(`${name} holds a development secret. Register the cabinet at the provider.`)
  }
  if (isInsecure(provider)) throw new EnvironmentError(`${name} names an address that is not https.`)
}
