import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OpenIdStandIn, startOpenIdStandIn } from '../../cli/stand-ins/openid/stand-in.ts'
import { browseToCallback } from '../../cli/testing/browse-to-callback.ts'
import { accountId, insertAccount, lineId, phone } from '../../cli/testing/fixture.ts'
import { type Answer, openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../platform/clock.ts'
import { socialProvider } from '../../platform/identity/identity-provider.ts'
import { type SimSwap, SimSwapUnavailableError } from '../../platform/sim-swap/sim-swap.ts'
import { readOperations } from '../../schema/operations.ts'

const ANNA = accountId(1)
const BORIS = accountId(2)
const SHOP = accountId(3)
const BACK = 'https://cabinet.example/signed-in'
const OF_THE_APP = 'https://app.cabinet.example/signed-in'
const CLIENT = { clientId: 'cabinet', clientSecret: 'a secret of the cabinet', redirectUris: [BACK, OF_THE_APP] }
const OTHER_CLIENT = { clientId: 'somebody-else', clientSecret: 'a secret of somebody else', redirectUris: [BACK] }

const operations = readOperations()
const operation = (file: string, input: object) => ({
  query: operations[`${file}.graphql`] ?? '',
  variables: { input },
})

/** What a device keeps of a sign-in that it has begun. */
interface Begun {
  readonly authorizationUrl: string
  readonly state: string
  readonly flowSecret: string
}

describe('signing in by a social provider', () => {
  let cabinet: TestCabinet
  let provider: OpenIdStandIn
  let anna: string
  let aheadMs: number
  let askNetwork: () => Date | null
  const clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) }

  beforeAll(async () => {
    aheadMs = 0
    // Everybody has the same address there: it must not matter.
    const claimsOf = () => ({ email: 'anna@example.com', email_verified: true, phone_number: '+79160000001' })
    provider = await startOpenIdStandIn({ port: 0, clients: [CLIENT, OTHER_CLIENT], claimsOf })
    const of = (id: string) =>
      socialProvider.parse({
        ...CLIENT,
        id,
        name: { ru: 'Проба', en: 'Trial' },
        issuer: provider.issuer,
        scopes: ['openid', 'email'],
      })
    const simSwap: SimSwap = { retrieveDate: async () => askNetwork(), check: async () => false }
    cabinet = await openTestCabinet({ clock, simSwap, socialProviders: [of('trial'), of('second')] })
    for (const number of [1, 2]) await insertAccount(cabinet.database, { number })
    await insertAccount(cabinet.database, { number: 3, kind: 'ORGANIZATION' })
    anna = await cabinet.accountToken(ANNA)
  })

  beforeEach(async () => {
    aheadMs = 0
    askNetwork = () => null
    const { sql } = cabinet.database
    for (const table of ['identity', 'identity_directory', 'session', 'notice', 'credential_hold', 'provider_sign_in'])
      await sql(`delete from accounts.${table}`)
  })

  afterAll(async () => {
    await cabinet.close()
    await provider.close()
  })

  async function begin(file: string, token?: string, providerId = 'trial'): Promise<Begun> {
    const { data } = await cabinet.ask(operation(file, { providerId }), token)
    const [begun] = Object.values(data) as [Begun & { readonly __typename: string }]
    expect(begun.__typename).toMatch(/Success$/)
    return begun
  }

  const end = (file: string, { flowSecret }: Begun, callbackUrl: string, token?: string): Promise<Answer> =>
    cabinet.ask(operation(file, { flowSecret, callbackUrl }), token)

  async function attach(name: string, token = anna, providerId = 'trial') {
    const begun = await begin('start-identity-attachment', token, providerId)
    const { data } = await end('attach-identity', begun, await browseToCallback(begun.authorizationUrl, name), token)
    return data.attachIdentity
  }

  async function signIn(name: string | null) {
    const begun = await begin('start-social-sign-in')
    const { data } = await end('sign-in-with-social', begun, await browseToCallback(begun.authorizationUrl, name))
    return data.signInWithSocial
  }

  const count = async (table: string) =>
    Number((await cabinet.database.sql<{ count: string }>(`select count(*) from accounts.${table}`))[0]?.count)
  const actsOf = async (account: string) =>
    (
      await cabinet.database.sql<{ kind: string }>('select kind from accounts.act where account_id = $1 order by id', [
        account,
      ])
    ).map(({ kind }) => kind)

  it('names the providers in the viewer’s language', async () => {
    const query = operations['social-providers.graphql'] ?? ''
    expect((await cabinet.ask({ query })).data.socialProviders[0]).toEqual({ id: 'trial', name: 'Проба' })
    const english = await cabinet.ask({ query, headers: { 'accept-language': 'en' } })
    expect(english.data.socialProviders[0]).toEqual({ id: 'trial', name: 'Trial' })
  })

  it('attaches, signs in, detaches, and then signs in no more', async () => {
    const attached = await attach('anna@trial')
    expect(attached).toMatchObject({
      __typename: 'AttachIdentitySuccess',
      identity: { provider: { id: 'trial', name: 'Проба' }, lastUsedAt: null },
    })

    const signedIn = await signIn('anna@trial')
    expect(signedIn).toMatchObject({ __typename: 'SignInSuccess', viewer: { id: ANNA, displayName: 'Account 1' } })
    const { accessToken } = signedIn.session
    const seen = await cabinet.ask({ query: operations['identities.graphql'] ?? '' }, accessToken)
    expect(seen.data.viewer.identities).toEqual([
      { ...attached.identity, lastUsedAt: expect.stringMatching(/^20\d\d-/) },
    ])

    const { data } = await cabinet.ask(operation('detach-identity', { identityId: attached.identity.id }), accessToken)
    expect(data.detachIdentity).toEqual({ __typename: 'DetachIdentitySuccess', identityId: attached.identity.id })
    expect(await signIn('anna@trial')).toMatchObject({ __typename: 'IdentityNotAttachedError' })
    expect(await actsOf(ANNA)).toEqual(['IDENTITY_ATTACHED', 'SIGNED_IN', 'IDENTITY_DETACHED'])
    const notices = await cabinet.database.sql('select kind, parameters from accounts.notice order by id')
    expect(notices).toEqual([
      { kind: 'IDENTITY_ATTACHED', parameters: { provider: 'trial' } },
      { kind: 'SIGNED_IN_ON_NEW_DEVICE', parameters: { deviceName: '', method: 'SOCIAL' } },
      { kind: 'IDENTITY_DETACHED', parameters: { provider: 'trial' } },
    ])
    expect(await count('session')).toBe(1)
  })

  it('attaches nobody by an e-mail address or a number that are alike', async () => {
    await attach('anna@trial')
    expect(await signIn('somebody with her address')).toMatchObject({ __typename: 'IdentityNotAttachedError' })
    expect(await count('session')).toBe(0)
  })

  it('keeps an identity for one account, and lets an account have one at each provider', async () => {
    await attach('anna@trial')
    const boris = await cabinet.accountToken(BORIS)
    expect(await attach('anna@trial', boris)).toMatchObject({ __typename: 'IdentityTakenError' })
    expect(await attach('anna@trial')).toMatchObject({ __typename: 'AttachIdentitySuccess' })
    expect(await attach('anna’s other account')).toMatchObject({ __typename: 'ProviderInUseError' })
    expect(await attach('anna@trial', anna, 'second')).toMatchObject({ __typename: 'AttachIdentitySuccess' })
    const rows = await cabinet.database.sql('select provider_id, account_id from accounts.identity order by 1')
    expect(rows).toEqual(['second', 'trial'].map((provider_id) => ({ provider_id, account_id: ANNA })))
    expect(await count('identity_directory')).toBe(2)
  })

  it('gives an identity that two accounts want at once to one of them', async () => {
    const tokens = await Promise.all([ANNA, BORIS].map((id) => cabinet.accountToken(id)))
    const outcomes = await Promise.all(tokens.map((token) => attach('a shared name', token)))
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['AttachIdentitySuccess', 'IdentityTakenError'])
    expect([await count('identity'), await count('identity_directory')]).toEqual([1, 1])
  })

  it('survives attaching and detaching of the same identity at once, whole', async () => {
    for (let round = 0; round < 5; round++) {
      const { identity } = await attach('anna@trial')
      const detach = () => cabinet.ask(operation('detach-identity', { identityId: identity.id }), anna)
      const answers = await Promise.all([detach(), attach('anna@trial'), detach(), attach('anna@trial')])
      expect(answers.every(Boolean)).toBe(true)
      expect(await count('identity')).toBe(await count('identity_directory'))
    }
  })

  it('tells of a device that is new, and not again of one that is known', async () => {
    await attach('anna@trial')
    for (let time = 0; time < 2; time++) await signIn('anna@trial')
    const told = await cabinet.database.sql(
      `select account_id from accounts.notice where kind = 'SIGNED_IN_ON_NEW_DEVICE'`,
    )
    expect(told).toEqual([{ account_id: ANNA }])
  })

  it('lets another’s identity be', async () => {
    const { identity } = await attach('anna@trial')
    const boris = await cabinet.accountToken(BORIS)
    const { data } = await cabinet.ask(operation('detach-identity', { identityId: identity.id }), boris)
    expect(data.detachIdentity.__typename).toBe('IdentityNotFoundError')
    expect(await count('identity')).toBe(1)
  })

  it('changes no way in while a change of the SIM is fresh, and tells until when; signing in goes on', async () => {
    const { identity } = await attach('anna@trial')
    await cabinet.database.sql(
      `insert into accounts.credential_hold values ($1, $2, now(), now() + interval '24 hours')`,
      [ANNA, lineId(1)],
    )
    const held = { __typename: 'NotEligibleError', reasons: [{ code: 'SIM_CHANGED', remedy: expect.any(String) }] }
    const { data } = await cabinet.ask(operation('detach-identity', { identityId: identity.id }), anna)
    expect(data.detachIdentity).toMatchObject(held)
    expect(await attach('anna@second', anna, 'second')).toMatchObject(held)
    expect(await signIn('anna@trial')).toMatchObject({ __typename: 'SignInSuccess' })
  })

  it('asks the network about the SIM before a way in is changed, and waits while it does not answer', async () => {
    const { identity } = await attach('anna@trial')
    const { sql } = cabinet.database
    await sql('insert into accounts.contact values ($1, $2, now())', [ANNA, phone(1)])
    aheadMs = 60_000
    askNetwork = () => {
      throw new SimSwapUnavailableError('a test')
    }
    const detach = () => cabinet.ask(operation('detach-identity', { identityId: identity.id }), anna)
    expect((await detach()).errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
    const begun = await begin('start-identity-attachment', anna, 'second')
    const callback = await browseToCallback(begun.authorizationUrl, 'anna@second')
    const finish = () => end('attach-identity', begun, callback, anna)
    expect((await finish()).errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])

    const changedAt = new Date(clock.now().getTime() - 3_600_000)
    askNetwork = () => changedAt
    const until = new Date(changedAt.getTime() + 24 * 3_600_000).toISOString()
    const held = {
      __typename: 'NotEligibleError',
      reasons: [{ code: 'SIM_CHANGED', remedy: expect.stringContaining(until) }],
    }
    const { detachIdentity } = (await detach()).data
    expect(detachIdentity).toMatchObject(held)
    expect((await finish()).data.attachIdentity).toMatchObject(held)
    expect(await count('identity')).toBe(1)
  })

  it('attaches nothing to an organization: ways in belong to people', async () => {
    const principal = {
      kind: 'account',
      accountId: SHOP,
      personId: ANNA,
      sessionId: 'her session',
      organizationRole: 'owner',
    } as const
    const token = await cabinet.signPrincipal(principal)
    expect(await attach('anna@trial', token)).toMatchObject({ reasons: [{ code: 'NOT_OWN_ACCOUNT' }] })
    expect(await count('identity')).toBe(0)
  })

  it('sends the person back to where the client says, among what is configured, and nowhere else', async () => {
    const start = (redirectUri: string) =>
      cabinet.ask(operation('start-social-sign-in', { providerId: 'trial', redirectUri }))
    const { data } = await start(OF_THE_APP)
    const asked = new URL(data.startSocialSignIn.authorizationUrl).searchParams
    expect(asked.get('redirect_uri')).toBe(OF_THE_APP)
    expect(asked.get('code_challenge_method')).toBe('S256')
    for (const elsewhere of [`${BACK}/`, `${BACK}?x=1`, 'https://evil.example/', 'http://127.0.0.1:1/', 'nonsense']) {
      expect((await start(elsewhere)).data.startSocialSignIn).toMatchObject({ __typename: 'RedirectNotAllowedError' })
    }
  })

  it('keeps nothing readable of a sign-in that is under way', async () => {
    const begun = await begin('start-social-sign-in')
    const stored = JSON.stringify(await cabinet.database.sql('select * from accounts.provider_sign_in'))
    const hex = (text: string) => Buffer.from(text).toString('hex')
    const nonce = new URL(begun.authorizationUrl).searchParams.get('nonce') ?? 'none'
    for (const secret of [begun.state, begun.flowSecret, nonce]) {
      expect(stored).not.toContain(secret)
      expect(stored).not.toContain(hex(secret))
    }
  })

  describe('refuses', () => {
    const NOT_FOUND = { __typename: 'ProviderSignInNotFoundError', path: ['callbackUrl'] }
    const REFUSED = { __typename: 'ProviderRefusedError' }

    beforeEach(async () => {
      await attach('anna@trial')
    })

    const ended = async (begun: Begun, callbackUrl: string) =>
      (await end('sign-in-with-social', begun, callbackUrl)).data.signInWithSocial

    it('a callback that comes again', async () => {
      const begun = await begin('start-social-sign-in')
      const callback = await browseToCallback(begun.authorizationUrl, 'anna@trial')
      expect(await ended(begun, callback)).toMatchObject({ __typename: 'SignInSuccess' })
      expect(await ended(begun, callback)).toMatchObject(NOT_FOUND)
      expect(await count('session')).toBe(1)
    })

    it('all but one of fifty that bring the same callback at once', async () => {
      const begun = await begin('start-social-sign-in')
      const callback = await browseToCallback(begun.authorizationUrl, 'anna@trial')
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => ended(begun, callback)))
      expect(outcomes.filter(({ __typename }) => __typename === 'SignInSuccess')).toHaveLength(1)
      expect(await count('session')).toBe(1)
    })

    it('a flow that was begun in another browser, and lets the one that began it end', async () => {
      const attackers = await begin('start-social-sign-in')
      const callback = await browseToCallback(attackers.authorizationUrl, 'anna@trial')
      const victims = await begin('start-social-sign-in')
      expect(await ended(victims, callback)).toMatchObject(NOT_FOUND)
      expect(await ended({ ...victims, flowSecret: '' }, callback)).toMatchObject(NOT_FOUND)
      expect(await count('session')).toBe(0)
      expect(await ended(attackers, callback)).toMatchObject({ __typename: 'SignInSuccess' })
    })

    it.each([
      ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
      ['no state', (url: URL) => url.searchParams.delete('state')],
      ['two states', (url: URL) => url.searchParams.append('state', url.searchParams.get('state') ?? '')],
    ])('%s', async (_, change) => {
      const begun = await begin('start-social-sign-in')
      const callback = new URL(await browseToCallback(begun.authorizationUrl, 'anna@trial'))
      change(callback)
      expect(await ended(begun, callback.href)).toMatchObject(NOT_FOUND)
      expect(await ended(begun, 'not an address')).toMatchObject(NOT_FOUND)
    })

    it('what comes after its time', async () => {
      const begun = await begin('start-social-sign-in')
      const callback = await browseToCallback(begun.authorizationUrl, 'anna@trial')
      aheadMs = 10 * 60_000
      expect(await ended(begun, callback)).toMatchObject(NOT_FOUND)
    })

    it('a code of another flow, which has another verifier', async () => {
      const [first, second] = [await begin('start-social-sign-in'), await begin('start-social-sign-in')]
      const callback = new URL(await browseToCallback(first.authorizationUrl, 'anna@trial'))
      callback.searchParams.set('state', second.state)
      expect(await ended(second, callback.href)).toMatchObject(REFUSED)
      expect(await count('session')).toBe(0)
    })

    it('a code of another client', async () => {
      const begun = await begin('start-social-sign-in')
      const theirs = new URL(begun.authorizationUrl)
      theirs.searchParams.set('client_id', OTHER_CLIENT.clientId)
      expect(await ended(begun, await browseToCallback(theirs.href, 'anna@trial'))).toMatchObject(REFUSED)
      expect(await count('session')).toBe(0)
    })

    it('another issuer’s callback', async () => {
      const begun = await begin('start-social-sign-in')
      const callback = new URL(await browseToCallback(begun.authorizationUrl, 'anna@trial'))
      callback.searchParams.set('iss', 'https://evil.example')
      expect(await ended(begun, callback.href)).toMatchObject(REFUSED)
    })

    it('somebody who declines', async () => {
      expect(await signIn(null)).toMatchObject(REFUSED)
    })

    it('to sign in by what was begun to attach, and to attach by what was begun to sign in', async () => {
      const toAttach = await begin('start-identity-attachment', anna)
      const callback = await browseToCallback(toAttach.authorizationUrl, 'anna@trial')
      expect(await ended(toAttach, callback)).toMatchObject(NOT_FOUND)
      const toSignIn = await begin('start-social-sign-in')
      const other = await browseToCallback(toSignIn.authorizationUrl, 'boris@trial')
      const { data } = await end('attach-identity', toSignIn, other, anna)
      expect(data.attachIdentity).toMatchObject(NOT_FOUND)
    })

    it('to attach in another session than the one that began, be it the same person’s', async () => {
      const begun = await begin('start-identity-attachment', anna)
      const callback = await browseToCallback(begun.authorizationUrl, 'anna’s other account')
      for (const token of [await cabinet.accountToken(BORIS), await cabinet.accountToken(ANNA)]) {
        const { data } = await end('attach-identity', begun, callback, token)
        expect(data.attachIdentity).toMatchObject(NOT_FOUND)
      }
    })

    it('a code that was used elsewhere', async () => {
      const begun = await begin('start-social-sign-in')
      const callback = await browseToCallback(begun.authorizationUrl, 'anna@trial')
      const again = await begin('start-social-sign-in')
      await ended(begun, callback)
      const reused = new URL(callback)
      reused.searchParams.set('state', again.state)
      expect(await ended(again, reused.href)).toMatchObject(REFUSED)
      expect(await count('session')).toBe(1)
    })
  })

  it('clears sign-ins away that nobody came back to', async () => {
    for (let number = 0; number < 5; number++) await begin('start-social-sign-in')
    aheadMs = 11 * 60_000
    await begin('start-social-sign-in')
    expect(await count('provider_sign_in')).toBe(1)
  })
})
