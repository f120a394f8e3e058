import type { HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'
import { base64url, type JSONWebKeySet, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createStatementWatch } from '../cli/testing/statement-watch.ts'
import { openTestCabinet } from '../cli/testing/test-cabinet.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { createEndedSessions } from '../platform/identity/ended-sessions.ts'
import { findKeyAmong, generatePrivateKey, publicKeys, type SigningKey, signingKey } from '../platform/identity/keys.ts'
import type { Principal } from '../platform/identity/viewer.ts'
import { KeysUnavailableError } from './access-token-keys.ts'
import { createAuthenticator } from './authenticate.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const seconds = (after: number) => Math.floor(NOW.getTime() / 1000) + after
const ACCOUNT = {
  kind: 'account',
  accountId: '01900001-0000-7000-8000-000000000001',
  personId: '01900001-0000-7000-8000-000000000001',
  sessionId: 'session',
  organizationRole: null,
} satisfies Principal

/** A token like those that are believed, but for what is said. */
function token(signer: SigningKey, claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
  const believed = { iss: 'cabinet', aud: 'cabinet', sub: ACCOUNT.accountId, sid: 'session', org_role: null }
  return new SignJWT({ ...believed, exp: seconds(60), iat: seconds(0), ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: signer.kid, typ: 'at+jwt', ...header })
    .sign(signer.key)
}

describe('who asks', () => {
  let keys: JSONWebKeySet
  let signer: SigningKey
  let stranger: SigningKey
  let now = NOW
  const clock = { now: () => now }
  let authenticate: ReturnType<typeof createAuthenticator>

  beforeAll(async () => {
    keys = { keys: [await generatePrivateKey('accounts.1')] }
    signer = await signingKey(keys)
    stranger = { ...(await signingKey({ keys: [await generatePrivateKey('accounts.1')] })), kid: 'accounts.1' }
    authenticate = createAuthenticator({
      findKey: findKeyAmong(publicKeys(keys)),
      clock,
      endedSessions: createEndedSessions(clock),
    })
  })

  async function refusal(authorization: string): Promise<unknown> {
    const error = await authenticate(authorization).then(
      () => null,
      (reason: unknown) => reason,
    )
    return error instanceof GraphQLError ? error.extensions : error
  }

  const refusedAs = (reason: string) => ({
    ...{ code: 'UNAUTHENTICATED', reason },
    http: { status: 401, headers: expect.anything() },
  })

  it('is anonymous without a header', async () => {
    expect(await authenticate(undefined)).toEqual({ kind: 'anonymous' })
  })

  it('is the account of the token, also when it is looked at again', async () => {
    const authorization = `Bearer ${await signAccessToken(ACCOUNT, signer, clock)}`
    expect(await authenticate(authorization)).toEqual(ACCOUNT)
    expect(await authenticate(authorization)).toEqual(ACCOUNT)
  })

  it('is refused from the moment that the token expires, though it was believed before', async () => {
    const authorization = `Bearer ${await signAccessToken(ACCOUNT, signer, clock, 60)}`
    expect(await authenticate(authorization)).toEqual(ACCOUNT)
    now = new Date(NOW.getTime() + 60_000)
    expect(await refusal(authorization)).toEqual(refusedAs('TOKEN_EXPIRED'))
    now = NOW
  })

  it.each<[string, () => Promise<string> | string]>([
    ['a key of the same id that is not ours', () => token(stranger)],
    ['a key that nobody published', () => token({ ...signer, kid: 'accounts.2' })],
    ['no key id, and another key', () => token(stranger, {}, { kid: undefined })],
    ['the audience of something else', () => token(signer, { aud: 'shop' })],
    ['the audience of an internal identity', () => token(signer, { aud: 'payments' })],
    ['no audience', () => token(signer, { aud: undefined })],
    ['another issuer', () => token(signer, { iss: 'elsewhere' })],
    ['no expiry', () => token(signer, { exp: undefined })],
    ['no session', () => token(signer, { sid: undefined })],
    ['an account that is no id', () => token(signer, { sub: "' or 1=1" })],
    ['a role that does not exist', () => token(signer, { org_role: 'god' })],
    ['a time before which it does not count', () => token(signer, { nbf: seconds(60) })],
    ['the type of an internal identity', () => token(signer, {}, { typ: 'cabinet-internal+jwt' })],
    ['the claims of staff for the audience of customers', () => token(signer, { sub: 'x', roles: ['supervisor'] })],
    ['a staff role that does not exist', () => token(signer, { aud: 'cabinet-staff', roles: ['god'] })],
    ['a changed payload', async () => tampered(await token(signer))],
    ['algorithm none', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode({ sub: ACCOUNT.accountId })}.x`],
    ['algorithm none and no signature', () => `${encode({ alg: 'none' })}.${encode({ sub: ACCOUNT.accountId })}.`],
    ['the public key as an HMAC secret', () => hmacForgery(publicKeys(keys))],
    ['a critical header that nobody knows', () => `${encode({ alg: 'EdDSA', crit: ['x'], x: 1 })}.e30.x`],
    ['no JSON inside', () => 'bm90.bm90.bm90'],
  ])('is refused with %s', async (_, make) => {
    expect(await refusal(`Bearer ${await make()}`)).toEqual(refusedAs('TOKEN_INVALID'))
  })

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic dXNlcjpwYXNz',
    'a.b.c',
    'Bearer a.b',
    'Bearer a.b.c.d',
    'Bearer  a.b.c',
    'Bearer a.b.c,',
    '\u0000',
  ])('is refused with the header %j, never taken for nobody', async (authorization) => {
    expect(await refusal(authorization)).toEqual(refusedAs('TOKEN_INVALID'))
  })

  it('is believed with old and new tokens when a new key was put in front', async () => {
    const old = await signAccessToken(ACCOUNT, signer, clock)
    const rotated = { keys: [await generatePrivateKey('accounts.2'), ...keys.keys] }
    const newSigner = await signingKey(rotated)
    const authenticateRotated = createAuthenticator({
      findKey: findKeyAmong(publicKeys(rotated)),
      clock,
      endedSessions: createEndedSessions(clock),
    })
    expect(newSigner.kid).toBe('accounts.2')
    expect(await authenticateRotated(`Bearer ${old}`)).toEqual(ACCOUNT)
    expect(await authenticateRotated(`Bearer ${await signAccessToken(ACCOUNT, newSigner, clock)}`)).toEqual(ACCOUNT)
  })

  it('is asked to come again, in a time that is told, when there are no keys to check with', async () => {
    const withoutKeys = createAuthenticator({
      findKey: () => Promise.reject(new KeysUnavailableError('no keys')),
      clock,
      endedSessions: createEndedSessions(clock),
    })
    const error: unknown = await withoutKeys(`Bearer ${await token(signer)}`).catch((thrown: unknown) => thrown)
    const { http } = (error as GraphQLError).extensions as { http?: unknown }
    const { status, headers } = http as { status: number; headers: HeaderMap }
    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '5' })
  })

  it('is told to a client as status 401 with the reason, and nothing was run', async () => {
    const { onStatement, watch } = createStatementWatch()
    const cabinet = await openTestCabinet({ onStatement })
    const ask = { query: '{ viewer { id } }' }
    const expired = await cabinet.signPrincipal(ACCOUNT, -1)
    const { answer, statements } = await watch(() => cabinet.ask(ask, expired))
    const { status, data, errors } = answer
    expect({ status, data, errors }).toEqual({
      status: 401,
      data: undefined,
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } }],
    })
    const forged = await watch(() => cabinet.ask(ask, `${expired}x`))
    expect(forged.answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect([...statements, ...forged.statements]).toEqual([])
    await cabinet.close()
  })
})

function encode(value: object): string {
  return base64url.encode(JSON.stringify(value))
}

function tampered(jwt: string): string {
  const [header, payload, signature] = jwt.split('.')
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object
  return `${header}.${encode({ ...claims, sub: '01900001-0000-7000-8000-000000000002' })}.${signature}`
}

/** The old trick of a verifier that takes the algorithm from the token. */
function hmacForgery({ keys: [key] }: JSONWebKeySet): Promise<string> {
  return new SignJWT({ iss: 'cabinet', aud: 'cabinet', sub: ACCOUNT.accountId, sid: 'x', exp: seconds(60) })
    .setProtectedHeader({ alg: 'HS256', kid: String(key?.kid), typ: 'at+jwt' })
    .sign(base64url.decode(String(key?.['x'])))
}
