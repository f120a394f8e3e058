import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { seal } from '../../../../platform/identity/seal.ts'
import type { Client } from '../../../../platform/identity/viewer.ts'
import { type AttachingSession, insertProviderSignIn, type ProviderPurpose } from '../../store/provider-sign-ins.ts'
import type { Tables } from '../../store/tables.ts'
import { takeTurns } from '../../store/turns.ts'
import { networkOf } from '../network.ts'
import type { SessionDependencies } from '../sessions/open-session.ts'
import type { FlowSecrets, Provider } from './provider.ts'

/** What going to a provider and coming back from there needs. */
export interface ProviderDependencies extends SessionDependencies {
  readonly db: Kysely<Tables>
}

export interface StartProviderSignIn {
  readonly provider: Provider
  readonly purpose: ProviderPurpose
  /** Where the person is to be sent back to; the provider's first when it is null. */
  readonly redirectUri: string | null
  /** For whom an identity is attached; null for those who are about to sign in. */
  readonly session: AttachingSession | null
  /** Who begins: nothing has been shown of them, so they are counted by where they are. */
  readonly client: Client
}

export type StartProviderSignInOutcome =
  | ({ readonly kind: 'started' } & StartedProviderSignIn)
  | { readonly kind: 'redirectNotAllowed' }
  | { readonly kind: 'providerUnavailable' }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }

export interface StartedProviderSignIn {
  readonly authorizationUrl: string
  readonly state: string
  /** Kept by whoever began: without it what comes back from the provider is of no use to anybody. */
  readonly flowSecret: string
  readonly expiresAt: Date
}

const SECRET_BYTES = 32
export const SECRETS_PURPOSE = 'provider sign-in'

/** Begins a sign-in at a provider: where to send the person, and what to keep until they come back. */
export async function startProviderSignIn(
  { db, clock, random, secrets, policies }: ProviderDependencies,
  { provider, purpose, redirectUri, session, client }: StartProviderSignIn,
): Promise<StartProviderSignInOutcome> {
  const returnTo = redirectUri ?? provider.redirectUris[0]
  if (returnTo === undefined || !provider.redirectUris.includes(returnTo)) return { kind: 'redirectNotAllowed' }
  const { 'providerSignIn.minutes': minutes, 'providerSignIn.startsPerAddressHour': hourMax } = await policies.current()
  // Staff by themselves: customers at the same address take nothing of theirs.
  const turn = { key: `provider-sign-in ${purpose} ${networkOf(client.address)}`, hourMax }
  const retryAt = await takeTurns(db, [turn], clock.now())
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  const secret = () => random.bytes(SECRET_BYTES).toString('base64url')
  const flow: FlowSecrets = { state: secret(), nonce: secret(), codeVerifier: secret() }
  const authorizationUrl = await provider.authorizationUrl(returnTo, flow)
  if (authorizationUrl === null) return { kind: 'providerUnavailable' }

  const flowSecret = secret()
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + minutes * 60_000)
  const { nonce, codeVerifier } = flow
  const signIn = {
    stateHash: hashOf(flow.state),
    flowSecretHash: hashOf(flowSecret),
    providerId: provider.id,
    purpose,
    redirectUri: returnTo,
    secrets: seal(JSON.stringify({ nonce, codeVerifier }), SECRETS_PURPOSE, secrets, random),
    session,
    expiresAt,
  }
  await insertProviderSignIn(db, signIn, now)
  return { kind: 'started', authorizationUrl, state: flow.state, flowSecret, expiresAt }
}

/** What is stored of a secret that has enough chance in it to need no salt. */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}
