import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { LANGUAGES } from '../languages.ts'
import { type E164, parseE164 } from '../phone.ts'
import { SUBGRAPH_NAMES } from '../subgraph/name.ts'
import { type SigningKey, TOKEN_ALGORITHM } from './keys.ts'
import { type Client, ORGANIZATION_ROLES, type Principal, STAFF_ROLES, UNKNOWN_CLIENT, type Viewer } from './viewer.ts'

/** What one of our processes tells another of itself and of whoever it acts for. */
export interface InternalIdentity {
  /** The process that signed: `gateway`, or a subgraph's name. */
  readonly issuer: string
  /** Whom the gateway acts for; the subgraph itself between subgraphs. */
  readonly principal: Principal
  readonly language: (typeof LANGUAGES)[number]
  readonly client?: Client
}

export const INTERNAL_TOKEN_TTL_SECONDS = 30

const principalClaim = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({
    kind: z.literal('account'),
    accountId: z.uuid(),
    sessionId: z.string(),
    personId: z.uuid(),
    organizationRole: z.enum(ORGANIZATION_ROLES).nullable(),
  }),
  z.object({
    kind: z.literal('staff'),
    staffId: z.string(),
    sessionId: z.string(),
    roles: z.array(z.enum(STAFF_ROLES)),
  }),
  z.object({ kind: z.literal('service'), name: z.enum(SUBGRAPH_NAMES) }),
])
const clientClaim = z.object({
  address: z.string().nullable(),
  device: z.string().nullable(),
  reason: z.string().nullable(),
  network: z
    .object({ phone: z.string().transform(toE164), jti: z.string() })
    .nullable()
    .default(null),
})
const claims = z.object({
  iss: z.string(),
  principal: principalClaim,
  language: z.enum(LANGUAGES),
  client: clientClaim.default(UNKNOWN_CLIENT),
})

/** The gateway has read the number already. */
function toE164(text: string, context: z.RefinementCtx): E164 {
  const phone = parseE164(text)
  if (phone !== null) return phone
  context.addIssue({ code: 'custom', message: 'is no telephone number' })
  return z.NEVER
}

/** The viewer of one request that came under this identity. */
export function viewerOf({ principal, language, client }: InternalIdentity, requestId: string): Viewer {
  return { principal, language, requestId, client: client ?? UNKNOWN_CLIENT }
}

/** Signs for one receiver. Dear (about 0.1 ms): sign once for a session and a few seconds, not for each request. */
export async function signInternalToken(
  identity: InternalIdentity,
  audience: string,
  signer: SigningKey,
  clock: Clock,
): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1000)
  return new SignJWT({ principal: identity.principal, language: identity.language, client: identity.client })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: signer.kid, typ: 'cabinet-internal+jwt' })
    .setIssuer(identity.issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + INTERNAL_TOKEN_TTL_SECONDS)
    .sign(signer.key)
}

/** The identity, or null for a token that is missing, forged, stale, for another receiver, or signed by another's key. */
export async function verifyInternalToken(
  token: string,
  audience: string,
  findKey: JWTVerifyGetKey,
  clock: Clock,
): Promise<InternalIdentity | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, findKey, {
      algorithms: [TOKEN_ALGORITHM],
      audience,
      typ: 'cabinet-internal+jwt',
      currentDate: clock.now(),
      requiredClaims: ['exp'],
    })
    const parsed = claims.safeParse(payload)
    if (!parsed.success || !ownsKey(parsed.data.iss, protectedHeader.kid)) return null
    const { iss, principal, language, client } = parsed.data
    return mayBe(principal, iss) ? { issuer: iss, principal, language, client } : null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

/** The gateway speaks for people only, and a subgraph only for itself. */
function mayBe(principal: Principal, issuer: string): boolean {
  return principal.kind === 'service'
    ? principal.name === issuer
    : issuer === 'gateway' || principal.kind === 'anonymous'
}

/** A key's id ends with its owner and a serial (`development.gateway.1`): nobody signs in another's name. */
function ownsKey(issuer: string, kid: string | undefined): boolean {
  return kid?.split('.').at(-2) === issuer
}
