import type { ServerResponse } from 'node:http'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../platform/clock.ts'
import { socialProvider } from '../../platform/identity/identity-provider.ts'
import { readOperations } from '../../schema/operations.ts'
import { FORGER_CLIENT_ID, type ForgingProvider, sendJson, startForgingProvider } from './testing/forging-provider.ts'

const ANNA = accountId(1)
const BACK = 'https://cabinet.example/signed-in'
const REFUSED = 'ProviderRefusedError'
const UNAVAILABLE = 'ProviderUnavailableError'
const nowSeconds = () => Math.floor(systemClock.now().getTime() / 1_000)

const operations = readOperations()
const client = { clientId: FORGER_CLIENT_ID, clientSecret: 'a secret', redirectUris: [BACK] }
const name = { ru: 'Проба', en: 'Trial' }

describe('a provider that is not what it should be', () => {
  let cabinet: TestCabinet
  let provider: ForgingProvider
  let elsewhere: ForgingProvider

  beforeAll(async () => {
    provider = await startForgingProvider()
    elsewhere = await startForgingProvider()
    const { issuer } = provider
    const endpoints = { authorization: `${issuer}/authorize`, token: `${issuer}/token`, userinfo: `${issuer}/me` }
    cabinet = await openTestCabinet({
      socialProviders: [
        { ...client, id: 'openid', name, issuer },
        { ...client, id: 'leads-away', name, issuer: `${issuer}/leads-away` },
        { ...client, id: 'is-down', name, issuer: 'http://127.0.0.1:1' },
        {
          ...client,
          id: 'counts',
          name,
          issuer,
          endpoints,
          clientAuthentication: 'post',
          subject: { in: 'token-response', claim: 'user_id' },
          returnedParameters: ['device_id'],
        },
        {
          ...client,
          id: 'tells',
          name,
          issuer,
          endpoints,
          subject: { in: 'userinfo', claim: 'user.id', scheme: 'OAuth' },
        },
      ].map((options) => socialProvider.parse(options)),
    })
    await insertAccount(cabinet.database, { number: 1 })
  })

  beforeEach(async () => {
    const { sql } = cabinet.database
    for (const table of ['identity', 'identity_directory', 'session']) await sql(`delete from accounts.${table}`)
    for (const id of ['openid', 'counts', 'tells']) {
      const subject = id === 'openid' ? 'anna' : '42'
      await sql(
        `insert into accounts.identity (account_id, provider_id, id, subject, attached_at)
         values ($1, $2, gen_random_uuid(), $3, now())`,
        [ANNA, id, subject],
      )
      await sql('insert into accounts.identity_directory values ($1, $2, $3)', [id, subject, ANNA])
    }
    provider.describe = {}
    provider.asked.length = 0
    elsewhere.asked.length = 0
  })

  afterAll(async () => {
    await cabinet.close()
    await provider.close()
    await elsewhere.close()
  })

  const ask = (file: string, input: object) => cabinet.ask({ query: operations[file] ?? '', variables: { input } })

  async function signIn(providerId: string, answer: (nonce: string, response: ServerResponse) => unknown, more = '') {
    const begun = (await ask('start-social-sign-in.graphql', { providerId })).data.startSocialSignIn
    if (begun.__typename !== 'StartSocialSignInSuccess') return begun
    const nonce = new URL(begun.authorizationUrl).searchParams.get('nonce') ?? ''
    provider.answer = async (response) => void (await answer(nonce, response))
    const callbackUrl = `${BACK}?code=some-code&state=${begun.state}${more}`
    const { flowSecret } = begun
    return (await ask('sign-in-with-social.graphql', { flowSecret, callbackUrl })).data.signInWithSocial
  }

  const tokens = (idToken: unknown) => ({ access_token: 'an access token', token_type: 'Bearer', id_token: idToken })
  const sessions = () => cabinet.database.sql('select 1 from accounts.session')

  it('is believed when all is as it should be, or the tests below would show nothing', async () => {
    const signedIn = await signIn('openid', async (nonce, response) =>
      sendJson(response, tokens(await provider.idToken(nonce))),
    )
    expect(signedIn).toMatchObject({ __typename: 'SignInSuccess', viewer: { id: ANNA } })
  })

  it.each<[string, (nonce: string) => unknown]>([
    ['another nonce', () => provider.idToken('another nonce')],
    ['no nonce', (nonce) => provider.idToken(nonce, { nonce: undefined })],
    ['another issuer', (nonce) => provider.idToken(nonce, { iss: 'https://evil.example' })],
    ['another audience', (nonce) => provider.idToken(nonce, { aud: 'somebody-else' })],
    ['several audiences and another party', (nonce) => provider.idToken(nonce, { aud: ['cabinet', 'x'], azp: 'x' })],
    ['an end that is past', (nonce) => provider.idToken(nonce, { exp: nowSeconds() - 60 })],
    ['no end', (nonce) => provider.idToken(nonce, { exp: undefined })],
    ['no subject', (nonce) => provider.idToken(nonce, { sub: undefined })],
    ['an empty subject', (nonce) => provider.idToken(nonce, { sub: '' })],
    ['a subject that is too long', (nonce) => provider.idToken(nonce, { sub: 'x'.repeat(256) })],
    ['a signature of another key', (nonce) => provider.forgedIdToken(nonce)],
    ['no signature', (nonce) => unsigned(nonce)],
    ['nothing inside', () => 'x.y.z'],
    ['no token at all', () => undefined],
  ])('is not believed with an ID token of %s', async (_, make) => {
    const outcome = await signIn('openid', async (nonce, response) => sendJson(response, tokens(await make(nonce))))
    expect([REFUSED, UNAVAILABLE]).toContain(outcome.__typename)
    expect(await sessions()).toEqual([])
  })

  function unsigned(nonce: string): string {
    return new UnsecuredJWT({ nonce })
      .setIssuer(provider.issuer)
      .setAudience(FORGER_CLIENT_ID)
      .setSubject('anna')
      .setIssuedAt(nowSeconds())
      .setExpirationTime(nowSeconds() + 300)
      .encode()
  }

  it.each<[string, string, (response: ServerResponse) => void]>([
    [UNAVAILABLE, 'never answers', () => undefined],
    [UNAVAILABLE, 'hangs up', (response) => void response.destroy()],
    [UNAVAILABLE, 'answers a page', (response) => void response.end('<html>we are closed</html>')],
    [UNAVAILABLE, 'answers no JSON', (response) => void json(response).end('{"access_token":')],
    [UNAVAILABLE, 'answers without end', (response) => endless(json(response))],
    [UNAVAILABLE, 'breaks', (response) => void response.writeHead(502).end('bad gateway')],
    [UNAVAILABLE, 'breaks in JSON', (response) => sendJson(response, { error: 'server_error' }, 500)],
    [UNAVAILABLE, 'does not know us', (response) => sendJson(response, { error: 'invalid_client' }, 401)],
    [UNAVAILABLE, 'sends elsewhere', (response) => redirect(response)],
    [REFUSED, 'does not know the code', (response) => sendJson(response, { error: 'invalid_grant' }, 400)],
    [REFUSED, 'answers something else', (response) => sendJson(response, { hello: 'world' })],
  ])('gives %s when it %s', async (expected, _, answer) => {
    const outcome = await signIn('openid', (_nonce, response) => answer(response))
    expect(outcome).toMatchObject({ __typename: expected, message: expect.stringMatching(/^П/) })
    expect(await sessions()).toEqual([])
    expect(elsewhere.asked).toEqual([])
  })

  function json(response: ServerResponse): ServerResponse {
    return response.writeHead(200, { 'content-type': 'application/json' })
  }

  function endless(response: ServerResponse): void {
    const more = () => {
      while (response.writable && response.write('x'.repeat(65_536)));
      if (response.writable) response.once('drain', more)
    }
    more()
  }

  function redirect(response: ServerResponse): void {
    response.writeHead(307, { location: `${elsewhere.issuer}/token` }).end()
  }

  it('is not listened to at length, though all it says were right', async () => {
    const outcome = await signIn('openid', async (nonce, response) =>
      sendJson(response, { ...tokens(await provider.idToken(nonce)), padding: 'x'.repeat(300_000) }),
    )
    expect(outcome).toMatchObject({ __typename: UNAVAILABLE })
  })

  it('is down when it cannot be discovered', async () => {
    expect(await signIn('is-down', () => undefined)).toMatchObject({ __typename: UNAVAILABLE, path: [] })
  })

  it('cannot lead us to an origin that is not configured', async () => {
    provider.describe = {
      issuer: `${provider.issuer}/leads-away`,
      token_endpoint: `${elsewhere.issuer}/token`,
      jwks_uri: `${elsewhere.issuer}/jwks`,
    }
    expect(await signIn('leads-away', () => undefined)).toMatchObject({ __typename: UNAVAILABLE })
    expect(elsewhere.asked).toEqual([])
    expect(provider.asked).toContain('/leads-away/.well-known/openid-configuration')
  })

  it('is not asked again what it is, once it has told', async () => {
    await signIn('openid', (_, response) => sendJson(response, {}))
    provider.asked.length = 0
    await Promise.all(Array.from({ length: 10 }, () => signIn('openid', (_, response) => sendJson(response, {}))))
    expect(provider.asked.filter((path) => path.startsWith('/.well-known'))).toEqual([])
  })

  describe('without ID tokens', () => {
    const token = { access_token: 'an access token', token_type: 'Bearer' }

    it('names the person where the code is changed, and sees its own parameters again', async () => {
      const answer = (_: string, response: ServerResponse) =>
        sendJson(response, { ...token, user_id: 42, id_token: 'of no interest' })
      expect(await signIn('counts', answer, '&device_id=d1')).toMatchObject({ viewer: { id: ANNA } })
      expect(provider.bodies.at(-1)).toMatch(/(^|&)device_id=d1(&|$)/)
      expect(provider.bodies.at(-1)).toMatch(/(^|&)code_verifier=[\w-]{43}(&|$)/)
    })

    it.each([[{}], [{ user_id: '' }], [{ user_id: null }], [{ user_id: 4.2 }], [{ user_id: { id: 42 } }]])(
      'names nobody by %j',
      async (named) => {
        const outcome = await signIn('counts', (_, response) => sendJson(response, { ...token, ...named }))
        expect(outcome).toMatchObject({ __typename: REFUSED })
      },
    )

    it('names the person to whoever has the access token', async () => {
      const answer = (_: string, response: ServerResponse) =>
        response.req.url === '/me'
          ? sendJson(
              response,
              response.req.headers.authorization === 'OAuth an access token' ? { user: { id: 42 } } : {},
            )
          : sendJson(response, token)
      expect(await signIn('tells', answer)).toMatchObject({ viewer: { id: ANNA } })
    })

    it.each<[string, (response: ServerResponse) => void]>([
      ['breaks', (response) => void response.writeHead(500).end()],
      ['answers a page', (response) => void response.end('<html>')],
      ['never answers', () => undefined],
    ])('is unavailable when it then %s', async (_, tell) => {
      const answer = (_nonce: string, response: ServerResponse) =>
        response.req.url === '/me' ? tell(response) : sendJson(response, token)
      expect(await signIn('tells', answer)).toMatchObject({ __typename: UNAVAILABLE })
      expect(await sessions()).toEqual([])
    })
  })
})
