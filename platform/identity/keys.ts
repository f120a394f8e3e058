import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import { invariant } from '../invariant.ts'

/** The algorithm of every token here: EdDSA over Ed25519, and no other is taken. */
export const TOKEN_ALGORITHM = 'EdDSA'

/** Keys made for development begin with this, and production refuses them. */
export const DEVELOPMENT_KEY_PREFIX = 'development.'

/** A key to sign with, and the id under which its public half is found. */
export interface SigningKey {
  readonly kid: string
  readonly key: Awaited<ReturnType<typeof importJWK>>
}

/** Makes a private key as a JWK. The id begins with the name of the one who signs with it. */
export async function generatePrivateKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: TOKEN_ALGORITHM, use: 'sig' }
}

/** The public halves, to be shown to those who verify. */
export function publicKeys(keys: JSONWebKeySet): JSONWebKeySet {
  return { keys: keys.keys.map(({ d: _, ...publicKey }) => publicKey) }
}

/** The first key of the set: new keys are put in front, old ones stay until their tokens have expired. */
export async function signingKey(keys: JSONWebKeySet): Promise<SigningKey> {
  const [first] = keys.keys
  invariant(first?.kid && first.d, 'the first key of the set is a private JWK with a kid')
  return { kid: first.kid, key: await importJWK(first, TOKEN_ALGORITHM) }
}

/** Finds a key to verify with, by the token's kid. */
export type FindKey = ReturnType<typeof createLocalJWKSet>

export function findKeyAmong(keys: JSONWebKeySet): FindKey {
  return createLocalJWKSet(keys)
}
