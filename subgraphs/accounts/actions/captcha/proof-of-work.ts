import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { z } from 'zod'
import type { Secret } from '../../../../platform/identity/secrets.ts'

/** A challenge as altcha knows it. Its nonce and salt are altcha's own chance. */
export type ProofOfWorkChallenge = z.output<typeof challenge>

const challenge = z.object({
  parameters: z.object({
    algorithm: z.string(),
    nonce: z.string(),
    salt: z.string(),
    cost: z.int(),
    keyLength: z.int(),
    keyPrefix: z.string(),
  }),
  signature: z.string(),
})
// Whatever else a client's library adds, such as `__typename`, is left behind: the signature is over these alone.
const payload = z.object({ challenge, solution: z.object({ counter: z.int(), derivedKey: z.string() }) })

const ALGORITHM = 'PBKDF2/SHA-256'

/** Some 256 derivations find a counter whose key begins with a zero byte; one derivation checks it. */
export async function createProofOfWork(cost: number, secret: Secret): Promise<ProofOfWorkChallenge> {
  const hmacSignatureSecret = signatureSecret(secret)
  return challenge.parse(await createChallenge({ algorithm: ALGORITHM, cost, deriveKey, hmacSignatureSecret }))
}

/** What altcha gave for a challenge; null when it is not even of the shape. */
export function readProofOfWork(text: string): z.output<typeof payload> | null {
  if (text.length > PAYLOAD_LENGTH_MAX) return null
  try {
    return payload.safeParse(JSON.parse(Buffer.from(text, 'base64').toString())).data ?? null
  } catch {
    return null
  }
}

const PAYLOAD_LENGTH_MAX = 4_000

/** Whether the work was done. When the challenge expires is not altcha's to say: its id does. */
export async function isProofOfWork(proof: z.output<typeof payload>, secret: Secret): Promise<boolean> {
  const { verified } = await verifySolution({
    ...proof,
    deriveKey,
    hmacSignatureSecret: signatureSecret(secret),
  })
  return verified
}

function signatureSecret(secret: Secret): string {
  return secret.key('proof of work').toString('hex')
}
