import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { type SigningKey, TOKEN_ALGORITHM } from './keys.ts'
import { ORGANIZATION_ROLES, type SignedInPrincipal, STAFF_ROLES } from './viewer.ts'

const ISSUER = 'cabinet'
const CUSTOMER_AUDIENCE = 'cabinet'
const STAFF_AUDIENCE = 'cabinet-staff'

export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60

/** What a token that was believed says, or why it was not. */
export type TokenVerdict =
  | { readonly kind: 'valid'; readonly principal: SignedInPrincipal; readonly expiresAtMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' }

const customerClaims = z.object({
  exp: z.number(),
  aud: z.literal(CUSTOMER_AUDIENCE),
  sub: z.uuid(),
  sid: z.string().min(1),
  // RFC 8693: who acts, when it is in an account that is not their own.
  act: z.object({ sub: z.uuid() }).optional(),
  org_role: z.enum(ORGANIZATION_ROLES).nullable().default(null),
})
const staffClaims = z.object({
  exp: z.number(),
  aud: z.literal(STAFF_AUDIENCE),
  sub: z.string().min(1),
  sid: z.string().min(1),
  roles: z.array(z.enum(STAFF_ROLES)),
})

/** Makes the short-lived token that a client sends as `Authorization: Bearer …`. */
export async function signAccessToken(
  principal: SignedInPrincipal,
  signer: SigningKey,
  clock: Clock,
  ttlSeconds = ACCESS_TOKEN_TTL_SECONDS,
): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1000)
  return new SignJWT(toClaims(principal))
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: signer.kid, typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(principal.kind === 'staff' ? STAFF_AUDIENCE : CUSTOMER_AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(signer.key)
}

/** Checks signature, algorithm, type, issuer, audience and time. Never throws for a bad token. */
export async function verifyAccessToken(token: string, findKey: JWTVerifyGetKey, clock: Clock): Promise<TokenVerdict> {
  try {
    const { payload } = await jwtVerify(token, findKey, {
      algorithms: [TOKEN_ALGORITHM],
      issuer: ISSUER,
      audience: [CUSTOMER_AUDIENCE, STAFF_AUDIENCE],
      typ: 'at+jwt',
      currentDate: clock.now(),
      requiredClaims: ['exp', 'sub', 'sid'],
    })
    return toVerdict(payload)
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { kind: 'expired' }
    if (error instanceof errors.JOSEError) return { kind: 'invalid' }
    throw error
  }
}

/** When a token ends by its own word. For one that was verified. */
export function tokenExpiryMs(token: string): number {
  return (decodeJwt(token).exp ?? 0) * 1000
}

function toClaims(principal: SignedInPrincipal): JWTPayload {
  if (principal.kind === 'staff') {
    return { sub: principal.staffId, sid: principal.sessionId, roles: principal.roles }
  }
  const { accountId, sessionId, personId, organizationRole } = principal
  const actor = personId === accountId ? {} : { act: { sub: personId } }
  return { sub: accountId, sid: sessionId, org_role: organizationRole, ...actor }
}

function toVerdict(payload: JWTPayload): TokenVerdict {
  const customer = customerClaims.safeParse(payload)
  if (customer.success) {
    const { sub, sid, org_role, act, exp } = customer.data
    return {
      kind: 'valid',
      principal: {
        kind: 'account',
        accountId: sub,
        sessionId: sid,
        personId: act?.sub ?? sub,
        organizationRole: org_role,
      },
      expiresAtMs: exp * 1000,
    }
  }
  const staff = staffClaims.safeParse(payload)
  if (!staff.success) return { kind: 'invalid' }
  const { sub, sid, roles, exp } = staff.data
  return {
    kind: 'valid',
    principal: { kind: 'staff', staffId: sub, sessionId: sid, roles },
    expiresAtMs: exp * 1000,
  }
}
