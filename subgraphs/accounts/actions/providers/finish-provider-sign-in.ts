import { unseal } from '../../../../platform/identity/seal.ts'
import {
  type AttachingSession,
  type ProviderPurpose,
  type ProviderSignInRow,
  useProviderSignIn,
} from '../../store/provider-sign-ins.ts'
import type { Claims, FlowSecrets, Provider } from './provider.ts'
import { hashOf, type ProviderDependencies, SECRETS_PURPOSE } from './start-provider-sign-in.ts'

export interface FinishProviderSignIn {
  /** The provider may have been taken out of the configuration meanwhile: then null. */
  readonly findProvider: (id: string) => Provider | null
  readonly purpose: ProviderPurpose
  readonly session: AttachingSession | null
  readonly flowSecret: string
  /** The address that the provider sent the person back to, as it stood in the browser. */
  readonly callbackUrl: string
}

export type FinishProviderSignInOutcome =
  | { readonly kind: 'identified'; readonly providerId: string; readonly subject: string; readonly claims: Claims }
  | ProviderSignInFailure

/** Why a sign-in at a provider came to nothing. */
export type ProviderSignInFailure =
  | { readonly kind: 'signInNotFound' }
  | { readonly kind: 'providerRefused' }
  | { readonly kind: 'providerUnavailable' }

/**
 * Ends a sign-in at a provider: uses it up first, then asks who came back. Of two that bring the same answer one asks;
 * one that fails there begins anew, and has left nothing behind.
 */
export async function finishProviderSignIn(
  { db, clock, secrets }: ProviderDependencies,
  { findProvider, purpose, session, flowSecret, callbackUrl }: FinishProviderSignIn,
): Promise<FinishProviderSignInOutcome> {
  const parameters = readParameters(callbackUrl)
  const state = onlyValue(parameters, 'state')
  if (state === null) return { kind: 'signInNotFound' }
  const claim = { stateHash: hashOf(state), flowSecretHash: hashOf(flowSecret), purpose, session }
  const signIn = await useProviderSignIn(db, claim, clock.now())
  const provider = signIn && findProvider(signIn.providerId)
  const sealed = signIn && unseal(signIn.secrets, SECRETS_PURPOSE, secrets)
  if (!signIn || !provider || !sealed) return { kind: 'signInNotFound' }

  const flow = { ...(JSON.parse(sealed) as Omit<FlowSecrets, 'state'>), state }
  const verdict = await provider.identify(callbackOf(signIn, parameters), flow)
  switch (verdict.kind) {
    case 'identified':
      return { ...verdict, providerId: provider.id }
    case 'refused':
      return { kind: 'providerRefused' }
    case 'unavailable':
      return { kind: 'providerUnavailable' }
  }
}

/** Of the address that the client gives only the parameters count: where the person was sent back to is known. */
function callbackOf({ redirectUri }: ProviderSignInRow, parameters: URLSearchParams): URL {
  const callback = new URL(redirectUri)
  callback.search = parameters.toString()
  return callback
}

const CALLBACK_LENGTH_MAX = 8_000

function readParameters(callbackUrl: string): URLSearchParams {
  if (callbackUrl.length > CALLBACK_LENGTH_MAX) return new URLSearchParams()
  return URL.parse(callbackUrl)?.searchParams ?? new URLSearchParams()
}

/** A parameter that comes twice is nobody's word. */
function onlyValue(parameters: URLSearchParams, name: string): string | null {
  const values = parameters.getAll(name)
  return values.length === 1 ? (values[0] ?? null) : null
}
