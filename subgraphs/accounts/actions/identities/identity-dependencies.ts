import type { CredentialHoldDependencies } from '../credential-hold.ts'
import type { Provider } from '../providers/provider.ts'
import type { ProviderDependencies } from '../providers/start-provider-sign-in.ts'

/** What signing in by social providers, and attaching identities, needs. */
export interface IdentityDependencies extends ProviderDependencies, CredentialHoldDependencies {
  readonly socialProviders: readonly Provider[]
}

/** The provider of that id; null when none is configured. */
export function findProvider(
  { socialProviders }: Pick<IdentityDependencies, 'socialProviders'>,
  id: string,
): Provider | null {
  return socialProviders.find((provider) => provider.id === id) ?? null
}
