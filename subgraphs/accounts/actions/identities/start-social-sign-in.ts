import type { Client } from '../../../../platform/identity/viewer.ts'
import type { AttachingSession } from '../../store/provider-sign-ins.ts'
import { type StartProviderSignInOutcome, startProviderSignIn } from '../providers/start-provider-sign-in.ts'
import { findProvider, type IdentityDependencies } from './identity-dependencies.ts'

export interface StartSocialSignIn {
  readonly providerId: string
  readonly redirectUri: string | null
}

export type StartSocialSignInOutcome = StartProviderSignInOutcome | { readonly kind: 'providerNotFound' }

/** Begins a sign-in by a social provider or, in a session, the attaching of an identity. */
export async function startSocialSignIn(
  dependencies: IdentityDependencies,
  { providerId, redirectUri }: StartSocialSignIn,
  client: Client,
  session: AttachingSession | null,
): Promise<StartSocialSignInOutcome> {
  const provider = findProvider(dependencies, providerId)
  if (!provider) return { kind: 'providerNotFound' }
  const purpose = session === null ? 'SIGN_IN' : 'ATTACH'
  return startProviderSignIn(dependencies, { provider, purpose, redirectUri, session, client })
}
