import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { type SigningKey, TOKEN_ALGORITHM } from './keys.ts'
import { ORGANIZATION_ROLES, type Principal, STAFF_ROLES } from './viewer.ts'

const ISSUER = 'cabinet'
const CUSTOMER_AUDIENCE = 'cabinet'
const STAFF_AUDIENCE = 'cabinet-staff'

export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60

/** What a token that was believed says, or why it was not. */
export type TokenVerdict =
  | { readonly kind: 'valid'; readonly principal: Principal; readonly expiresAtMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' }

const customerClaims = z.object({
  exp: z.number(),
  aud: z.literal(CUSTOMER_AUDIENCE),
  sub: z.uuid(),
  sid: z.string().min(1),
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
  principal: Exclude<Principal, { kind: 'anonymous' }>,
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

function toClaims(principal: Exclude<Principal, { kind: 'anonymous' }>): JWTPayload {
  if (principal.kind === 'staff') {
    return { sub: principal.staffId, sid: principal.sessionId, roles: principal.roles }
  }
  return { sub: principal.accountId, sid: principal.sessionId, org_role: principal.organizationRole }
}

function toVerdict(payload: JWTPayload): TokenVerdict {
  const customer = customerClaims.safeParse(payload)
  if (customer.success) {
    const { sub, sid, org_role, exp } = customer.data
    return {
      kind: 'valid',
      principal: { kind: 'account', accountId: sub, sessionId: sid, organizationRole: org_role },
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
