import { readFileSync } from 'node:fs'
import { importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signInternalToken } from '../platform/identity/internal-token.ts'
import { generatePrivateKey, signingKey } from '../platform/identity/keys.ts'
import { accountId, insertAccount, insertCatalogue } from './testing/fixture.ts'
import { openTestSession } from './testing/sessions.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const HOME = readFileSync(new URL('../schema/operations/home.graphql', import.meta.url), 'utf8')
const KID = 'development.accounts.1'

describe('a token that is not ours', () => {
  let cabinet: TestCabinet

  beforeAll(async () => {
    cabinet = await openTestCabinet()
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
  })

  afterAll(() => cabinet.close())

  /** A token that is right in everything but what a test changes. */
  async function sign(change: {
    readonly payload?: object
    readonly header?: object
    readonly jwk?: object
    readonly audience?: string | string[]
    readonly issuer?: string
    readonly lifeSeconds?: number | null
  }): Promise<string> {
    const { payload = {}, header = {}, audience = 'cabinet', issuer = 'cabinet', lifeSeconds = 60 } = change
    const jwk = { ...cabinet.keys.keys[0], ...change.jwk }
    const now = Math.floor(cabinet.clock.now().getTime() / 1000)
    const token = new SignJWT({ sub: accountId(1), sid: 'a session', org_role: null, ...payload })
      .setProtectedHeader({ alg: 'EdDSA', kid: KID, typ: 'at+jwt', ...header })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(now)
    if (lifeSeconds !== null) token.setExpirationTime(now + lifeSeconds)
    return token.sign(await importJWK(jwk, change.header && 'alg' in change.header ? 'HS256' : 'EdDSA'))
  }

  const unsigned = () =>
    new UnsecuredJWT({ sub: accountId(1), sid: 'a session', org_role: null })
      .setIssuer('cabinet')
      .setAudience('cabinet')
      .setExpirationTime('1h')
      .encode()

  /** The public key is known to all: taken for a shared secret, it would let anyone sign. */
  const withPublicKeyAsSecret = () =>
    sign({ header: { alg: 'HS256' }, jwk: { kty: 'oct', k: cabinet.keys.keys[0]?.x, alg: 'HS256' } })

  /** The header says with which key to check: its own. */
  async function withItsOwnKey(): Promise<string> {
    const { d: _, ...own } = await generatePrivateKey(KID)
    return sign({ jwk: await generatePrivateKey(KID), header: { jwk: own, jku: 'https://keys.example/' } })
  }

  it('is told from one that is', async () => {
    const { status, data } = await cabinet.ask({ query: HOME }, await sign({}))
    expect([status, data.viewer.id]).toEqual([200, accountId(1)])
  })

  it.each<[string, () => string | Promise<string>, string]>([
    [
      'signed with another key of the same id',
      async () => sign({ jwk: await generatePrivateKey(KID) }),
      'TOKEN_INVALID',
    ],
    ['of a key that nobody published', () => sign({ header: { kid: 'accounts.99' } }), 'TOKEN_INVALID'],
    ['with no signature at all', unsigned, 'TOKEN_INVALID'],
    ['signed with our public key as a secret', withPublicKeyAsSecret, 'TOKEN_INVALID'],
    ['for another audience', () => sign({ audience: 'products' }), 'TOKEN_INVALID'],
    ['of another issuer', () => sign({ issuer: 'gateway' }), 'TOKEN_INVALID'],
    ['of another type', () => sign({ header: { typ: 'JWT' } }), 'TOKEN_INVALID'],
    ['without an end', () => sign({ lifeSeconds: null }), 'TOKEN_INVALID'],
    ['without a session', () => sign({ payload: { sid: '' } }), 'TOKEN_INVALID'],
    ['of a customer who says to be staff', () => sign({ audience: 'cabinet-staff' }), 'TOKEN_INVALID'],
    [
      'of staff who say to be a customer',
      () => sign({ payload: { sub: 'a clerk', roles: ['supervisor'] } }),
      'TOKEN_INVALID',
    ],
    [
      'for customers and staff at once',
      () => sign({ audience: ['cabinet', 'cabinet-staff'], payload: { roles: ['supervisor'] } }),
      'TOKEN_INVALID',
    ],
    ['that brings its own key', withItsOwnKey, 'TOKEN_INVALID'],
    [
      'that does not hold yet',
      () => sign({ payload: { nbf: Math.floor(cabinet.clock.now().getTime() / 1000) + 3_600 } }),
      'TOKEN_INVALID',
    ],
    ['of which the end is cut off', async () => (await sign({})).slice(0, -1), 'TOKEN_INVALID'],
    ['without its signature', async () => (await sign({})).replace(/[^.]+$/, ''), 'TOKEN_INVALID'],
    ['that renews a session', async () => (await openTestSession(cabinet, accountId(1))).refreshToken, 'TOKEN_INVALID'],
    ['with a role that there is not', () => sign({ payload: { org_role: 'god' } }), 'TOKEN_INVALID'],
    ['whose time is over', () => sign({ lifeSeconds: -1 }), 'TOKEN_EXPIRED'],
    ['that is no token', () => 'a.b.c', 'TOKEN_INVALID'],
    ['that is empty', () => '', 'TOKEN_INVALID'],
    [
      'that the gateway made for a subgraph',
      async () =>
        signInternalToken(
          { issuer: 'gateway', principal: { kind: 'anonymous' }, language: 'ru' },
          'cabinet',
          await signingKey(cabinet.keys),
          cabinet.clock,
        ),
      'TOKEN_INVALID',
    ],
  ])('is refused with 401: one %s', async (_, token, reason) => {
    const { status, data, errors } = await cabinet.ask({ query: HOME }, await token())
    expect(status).toBe(401)
    expect(data).toBeUndefined()
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED', reason } })])
  })

  it('never makes staff of a customer, nor a customer of staff', async () => {
    const ofStaff = { query: `{ account(id: "${accountId(1)}") { displayName } }` }
    const ofCustomers = { query: '{ viewer { displayName } }' }
    const customer = await sign({ payload: { roles: ['supervisor'] } })
    const staff = await sign({ audience: 'cabinet-staff', payload: { sub: accountId(1), roles: ['supervisor'] } })
    expect((await cabinet.ask(ofCustomers, customer)).data.viewer.displayName).toBe('Account 1')
    expect((await cabinet.ask(ofStaff, customer)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await cabinet.ask(ofStaff, staff)).data.account.displayName).toBe('Account 1')
    expect((await cabinet.ask(ofCustomers, staff)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })
})
