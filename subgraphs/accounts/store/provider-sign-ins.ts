import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Why somebody is at a provider. */
export type ProviderPurpose = 'SIGN_IN' | 'ATTACH' | 'STAFF'

/** The session for which an identity is being attached; null for those who are about to sign in. */
export interface AttachingSession {
  readonly personId: string
  readonly sessionId: string
}

export interface NewProviderSignIn {
  readonly stateHash: Buffer
  readonly flowSecretHash: Buffer
  readonly providerId: string
  readonly purpose: ProviderPurpose
  readonly redirectUri: string
  readonly secrets: string
  readonly session: AttachingSession | null
  readonly expiresAt: Date
}

/** How many forgotten ones each new one clears away: more than one, so that they never pile up. */
const CLEARED_MAX = 10

export async function insertProviderSignIn(db: Kysely<Tables>, signIn: NewProviderSignIn, now: Date): Promise<void> {
  await sql`
    delete from provider_sign_in where state_hash in (
      select state_hash from provider_sign_in where expires_at < ${now}
      order by expires_at limit ${CLEARED_MAX} for update skip locked
    )
  `.execute(db)
  await db
    .insertInto('provider_sign_in')
    .values({
      state_hash: signIn.stateHash,
      flow_secret_hash: signIn.flowSecretHash,
      provider_id: signIn.providerId,
      purpose: signIn.purpose,
      redirect_uri: signIn.redirectUri,
      secrets: signIn.secrets,
      person_id: signIn.session?.personId ?? null,
      session_id: signIn.session?.sessionId ?? null,
      expires_at: signIn.expiresAt,
    })
    .execute()
}

/** What must be the same at the end as it was at the beginning. */
export interface ProviderSignInClaim {
  readonly stateHash: Buffer
  readonly flowSecretHash: Buffer
  readonly purpose: ProviderPurpose
  readonly session: AttachingSession | null
}

export interface ProviderSignInRow {
  readonly providerId: string
  readonly redirectUri: string
  readonly secrets: string
}

/** Takes the sign-in out of play: of any number that come with the same state, one gets it. Null when it is not there. */
export async function useProviderSignIn(
  db: Kysely<Tables>,
  { stateHash, flowSecretHash, purpose, session }: ProviderSignInClaim,
  now: Date,
): Promise<ProviderSignInRow | null> {
  const { rows } = await sql<ProviderSignInRow>`
    update provider_sign_in set used_at = ${now}
    where state_hash = ${stateHash} and flow_secret_hash = ${flowSecretHash} and purpose = ${purpose}
      and person_id is not distinct from ${session?.personId ?? null}::uuid
      and session_id is not distinct from ${session?.sessionId ?? null}::text
      and used_at is null and expires_at > ${now}
    returning provider_id as "providerId", redirect_uri as "redirectUri", secrets
  `.execute(db)
  return rows[0] ?? null
}
