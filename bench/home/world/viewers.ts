import { systemClock } from '../../../platform/clock.ts'
import { signAccessToken } from '../../../platform/identity/access-token.ts'
import { type SigningKey, signingKey } from '../../../platform/identity/keys.ts'
import { accountId, type Crowd } from './crowd.ts'
import type { Keys } from './keys.ts'

/** Someone who is signed in and looks at the home screen. */
export interface Viewer {
  readonly accountId: string
  readonly token: string
  readonly lineCount: number
}

const TOKEN_TTL_SECONDS = 12 * 3600

/** Signs in the first accounts of a crowd. */
export async function signIn(keys: Keys, crowd: Crowd, viewerCount: number): Promise<Viewer[]> {
  const signer = await signingKey(keys.accessTokenKeys)
  const numbers = Array.from({ length: Math.min(viewerCount, crowd.accountCount) }, (_, n) => crowd.firstAccount + n)
  return Promise.all(numbers.map((number) => signInOne(signer, accountId(number), crowd.linesEach)))
}

async function signInOne(signer: SigningKey, id: string, lineCount: number): Promise<Viewer> {
  const principal = {
    kind: 'account',
    accountId: id,
    personId: id,
    sessionId: `bench-${id}`,
    organizationRole: null,
  } as const
  return {
    accountId: id,
    token: await signAccessToken(principal, signer, systemClock, TOKEN_TTL_SECONDS),
    lineCount,
  }
}
