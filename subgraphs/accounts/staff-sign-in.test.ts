import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OpenIdStandIn, startOpenIdStandIn } from '../../cli/stand-ins/openid/stand-in.ts'
import { browseToCallback } from '../../cli/testing/browse-to-callback.ts'
import { accountId, insertAccount } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { socialProvider, staffProvider } from '../../platform/identity/identity-provider.ts'
import { UNKNOWN_CLIENT } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { readOperations } from '../../schema/operations.ts'
import { endStaffSession } from './actions/staff/end-staff-session.ts'
import type { Tables } from './store/tables.ts'

const ANNA = accountId(1)
const BACK = 'https://desk.cabinet.example/signed-in'
const CLIENT = { clientId: 'desk', clientSecret: 'a secret of the desk', redirectUris: [BACK] }
const operations = readOperations()

/** What the provider says of each, under a name that is inside another. */
const ROLES: Readonly<Record<string, unknown>> = {
  olga: { names: ['cabinet-consultants', 'wine-club'] },
  pavel: { names: ['cabinet-salons', 'cabinet-chiefs', 'cabinet-salons'] },
  guest: { names: ['wine-club'] },
  stranger: {},
  trickster: { names: ['constructor', 'toString', '__proto__', ['cabinet-chiefs'], { 'cabinet-chiefs': true }] },
  // The name of a role here means nothing until the configuration says so.
  namesake: { names: ['supervisor'] },
  single: { names: 'cabinet-chiefs' },
}

describe('signing in of staff', () => {
  let cabinet: TestCabinet
  let provider: OpenIdStandIn

  beforeAll(async () => {
    provider = await startOpenIdStandIn({ port: 0, clients: [CLIENT], claimsOf: (name) => ({ roles: ROLES[name] }) })
    const { issuer } = provider
    cabinet = await openTestCabinet({
      socialProviders: [socialProvider.parse({ ...CLIENT, issuer, id: 'staff', name: { ru: 'С', en: 'S' } })],
      staffProvider: staffProvider.parse({
        ...CLIENT,
        issuer,
        rolesClaim: 'roles.names',
        roles: {
          'cabinet-consultants': 'consultant',
          'cabinet-salons': 'salon',
          'cabinet-chiefs': 'supervisor',
        },
      }),
    })
    await insertAccount(cabinet.database, { number: 1 })
  })

  beforeEach(async () => {
    for (const table of ['staff_session', 'staff_act']) await cabinet.database.sql(`delete from accounts.${table}`)
  })

  afterAll(async () => {
    await cabinet.close()
    await provider.close()
  })

  const ask = (file: string, input: object) => cabinet.ask({ query: operations[file] ?? '', variables: { input } })
  const begin = async () => (await ask('start-staff-sign-in.graphql', {})).data.startStaffSignIn

  async function signIn(name: string | null) {
    const { authorizationUrl, flowSecret } = await begin()
    const callbackUrl = await browseToCallback(authorizationUrl, name)
    return (await ask('sign-in-as-staff.graphql', { flowSecret, callbackUrl })).data.signInAsStaff
  }

  const sessions = () => cabinet.database.sql('select staff_id, roles from accounts.staff_session')
  const OF_ANNA = `{ account(id: "${ANNA}") { id displayName } }`

  it('gives the roles that the provider names, and what staff may see with them', async () => {
    const { __typename, session } = await signIn('olga')
    expect({ __typename, roles: session.roles }).toEqual({ __typename: 'SignInAsStaffSuccess', roles: ['CONSULTANT'] })
    expect(await sessions()).toEqual([{ staff_id: 'olga', roles: ['consultant'] }])

    const headers = { 'x-reason': 'a%20call' }
    const seen = await cabinet.ask({ query: OF_ANNA, headers }, session.accessToken)
    expect(seen.data).toEqual({ account: { id: ANNA, displayName: 'Account 1' } })
    const own = await cabinet.ask({ query: '{ viewer { id } }', headers }, session.accessToken)
    expect(own).toMatchObject({ data: { viewer: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    const attached = await cabinet.ask(
      { query: operations['start-identity-attachment.graphql'] ?? '', variables: { input: { providerId: 'staff' } } },
      session.accessToken,
    )
    expect(attached.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })

  it.each([
    ['pavel', ['SALON', 'SUPERVISOR']],
    ['single', ['SUPERVISOR']],
  ])('gives %s each role once', async (name, roles) => {
    expect((await signIn(name)).session.roles).toEqual(roles)
  })

  it.each(['guest', 'stranger', 'trickster', 'namesake'])(
    'lets nobody in without a role that is known: %s',
    async (name) => {
      expect(await signIn(name)).toMatchObject({ __typename: 'NoStaffRoleError' })
      expect(await sessions()).toEqual([])
    },
  )

  it('refuses who declines, and what comes again', async () => {
    expect(await signIn(null)).toMatchObject({ __typename: 'ProviderRefusedError' })
    const { authorizationUrl, flowSecret } = await begin()
    const callbackUrl = await browseToCallback(authorizationUrl, 'olga')
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => ask('sign-in-as-staff.graphql', { flowSecret, callbackUrl })),
    )
    const names = outcomes.map(({ data }) => data.signInAsStaff.__typename)
    expect(names.filter((name) => name === 'SignInAsStaffSuccess')).toHaveLength(1)
    expect(await sessions()).toHaveLength(1)
  })

  it('is not ended as a customer, nor a customer’s as staff, be it at the same provider', async () => {
    const staffs = await begin()
    const callbackUrl = await browseToCallback(staffs.authorizationUrl, 'olga')
    const { flowSecret } = staffs
    const asCustomer = await ask('sign-in-with-social.graphql', { flowSecret, callbackUrl })
    expect(asCustomer.data.signInWithSocial).toMatchObject({ __typename: 'ProviderSignInNotFoundError' })
    const customers = (await ask('start-social-sign-in.graphql', { providerId: 'staff' })).data.startSocialSignIn
    const asStaff = await ask('sign-in-as-staff.graphql', {
      flowSecret: customers.flowSecret,
      callbackUrl: await browseToCallback(customers.authorizationUrl, 'olga'),
    })
    expect(asStaff.data.signInAsStaff).toMatchObject({ __typename: 'ProviderSignInNotFoundError' })
  })

  it('leaves a customer a customer', async () => {
    const { errors } = await cabinet.ask(
      { query: `{ account(id: "${accountId(2)}") { id } }` },
      await cabinet.accountToken(ANNA),
    )
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })

  it('is written down, from its beginning to its end, and nobody can change that', async () => {
    const { session } = await signIn('olga')
    const claims = JSON.parse(Buffer.from(session.accessToken.split('.')[1], 'base64url').toString())
    expect(claims).toMatchObject({ aud: 'cabinet-staff', sub: 'olga', roles: ['consultant'] })
    expect(new Date(claims.exp * 1_000).toISOString()).toBe(session.accessTokenExpiresAt)
    expect(claims.exp - claims.iat).toBe(3_600)

    const db = connectDatabase<Tables>({ url: cabinet.database.urls.accounts, logger: silentLogger })
    const viewer = {
      principal: { kind: 'staff', staffId: 'olga', sessionId: claims.sid, roles: ['consultant'] },
      language: 'ru',
      requestId: 'a request',
      client: UNKNOWN_CLIENT,
    } as const
    const { clock } = cabinet
    const end = () =>
      db.transaction().execute((trx) => endStaffSession(trx, { clock, newId: createNewId(clock) }, viewer))
    try {
      const ends = await Promise.all([end(), end(), end()])
      expect(ends.filter((isEnded) => isEnded)).toHaveLength(1)
      const fed = await cabinet.database.sql('select session_id, until from accounts.ended_staff_session')
      expect(fed).toEqual([{ session_id: claims.sid, until: new Date(claims.exp * 1_000) }])
      const acts = await cabinet.database.sql('select staff_id, kind, session_id from accounts.staff_act order by id')
      expect(acts).toEqual(
        ['SIGNED_IN', 'SIGNED_OUT'].map((kind) => ({ staff_id: 'olga', kind, session_id: claims.sid })),
      )
      await expect(db.deleteFrom('staff_act').execute()).rejects.toThrow('permission denied')
    } finally {
      await db.destroy()
    }
  })
})
