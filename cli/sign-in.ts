import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { signingKey } from '../platform/identity/keys.ts'
import { type OrganizationRole, type SignedInPrincipal, UNKNOWN_CLIENT } from '../platform/identity/viewer.ts'
import type { NewId } from '../platform/ids.ts'
import type { Subgraph } from '../platform/subgraph/subgraph.ts'

export interface SignInDependencies {
  readonly linkedNumbers: Subgraph
  readonly keys: JSONWebKeySet
  readonly clock: Clock
  readonly newId: NewId
  readonly ttlSeconds: number
}

const ownersSchema = z.object({
  lineByPhone: z
    .object({ accessList: z.array(z.object({ accountId: z.string(), rights: z.array(z.string()) })).nullable() })
    .nullable(),
})

/** Signs whoever is given in, as development needs it: no password, no text message. */
export async function signIn(
  { keys, clock, ttlSeconds }: SignInDependencies,
  principal: SignedInPrincipal,
): Promise<string> {
  return signAccessToken(principal, await signingKey(keys), clock, ttlSeconds)
}

/** The account that owns the line with this telephone number; null when nobody has the number. */
export async function findAccount(
  { linkedNumbers, newId }: Pick<SignInDependencies, 'linkedNumbers' | 'newId'>,
  phone: string,
): Promise<string | null> {
  const result = await linkedNumbers.execute(
    {
      query: 'query ($phone: String!) { lineByPhone(phone: $phone) { accessList { accountId rights } } }',
      variables: { phone },
    },
    {
      principal: { kind: 'staff', staffId: 'cli', sessionId: newId(), roles: ['supervisor'] },
      language: 'en',
      requestId: newId(),
      client: { ...UNKNOWN_CLIENT, reason: 'A developer asks for a token on the command line.' },
    },
  )
  const { lineByPhone } = ownersSchema.parse(result.data)
  return lineByPhone?.accessList?.find((access) => access.rights.includes('OWN'))?.accountId ?? null
}

/** The token of the owner of a telephone number; null when nobody has it. */
export async function signInByPhone(
  dependencies: SignInDependencies,
  phone: string,
  organizationRole: OrganizationRole | null,
): Promise<string | null> {
  const accountId = await findAccount(dependencies, phone)
  if (accountId === null) return null
  const sessionId = dependencies.newId()
  return signIn(dependencies, { kind: 'account', accountId, personId: accountId, sessionId, organizationRole })
}
