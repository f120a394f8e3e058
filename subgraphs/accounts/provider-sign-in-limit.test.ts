import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenIdStandIn, startOpenIdStandIn } from '../../cli/stand-ins/openid/stand-in.ts'
import { accountId, insertAccount } from '../../cli/testing/fixture.ts'
import { setPolicy } from '../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { socialProvider, staffProvider } from '../../platform/identity/identity-provider.ts'
import { readOperations } from '../../schema/operations.ts'

const CLIENT = { clientId: 'desk', clientSecret: 'a secret of the desk', redirectUris: ['https://desk.example/back'] }
const HOUR_MS = 3_600_000
const HOUR_MAX = 5
const operations = readOperations()

let cabinet: TestCabinet
let provider: OpenIdStandIn
let now = new Date('2026-11-22T12:00:00Z')

beforeAll(async () => {
  provider = await startOpenIdStandIn({ port: 0, clients: [CLIENT], claimsOf: () => ({}) })
  const { issuer } = provider
  cabinet = await openTestCabinet({
    clock: { now: () => now },
    socialProviders: [socialProvider.parse({ ...CLIENT, issuer, id: 'trial', name: { ru: 'Проба', en: 'Trial' } })],
    staffProvider: staffProvider.parse({ ...CLIENT, issuer, roles: { clerks: 'salon' } }),
  })
  await setPolicy(cabinet.database, 'providerSignIn.startsPerAddressHour', HOUR_MAX)
  await insertAccount(cabinet.database, { number: 1 })
})
afterAll(async () => {
  await cabinet.close()
  await provider.close()
})

async function begin(file: string, input: object, by?: string) {
  const { data } = await cabinet.ask({ query: operations[`${file}.graphql`] ?? '', variables: { input } }, by)
  return Object.values(data as Record<string, { __typename: string }>)[0]
}
const WAYS = [
  ['start-social-sign-in', () => begin('start-social-sign-in', { providerId: 'trial' })],
  [
    'start-identity-attachment',
    async () => begin('start-identity-attachment', { providerId: 'trial' }, await cabinet.accountToken(accountId(1))),
  ],
  ['start-staff-sign-in', () => begin('start-staff-sign-in', {})],
] as const

it.each(WAYS)('is begun so often from one address in an hour, however many ask at once: %s', async (_, start) => {
  const begun = await Promise.all(Array.from({ length: 3 * HOUR_MAX }, start))
  const refused = begun.filter((outcome) => outcome?.__typename === 'TooManyRequestsError')
  expect(begun.filter((outcome) => outcome?.__typename.endsWith('Success'))).toHaveLength(HOUR_MAX)
  expect(refused).toHaveLength(2 * HOUR_MAX)
  now = new Date(now.getTime() + HOUR_MS)
  expect((await start())?.__typename).toMatch(/Success$/)
})

it('takes nothing of staff when customers at their address begin too often', async () => {
  now = new Date(now.getTime() + 2 * HOUR_MS)
  for (let count = 0; count <= HOUR_MAX; count++) await WAYS[0][1]()
  expect(await WAYS[0][1]()).toMatchObject({ __typename: 'TooManyRequestsError' })
  expect(await WAYS[2][1]()).toMatchObject({ __typename: 'StartStaffSignInSuccess' })
})

it('counts nothing for an address that may not be returned to', async () => {
  now = new Date(now.getTime() + 2 * HOUR_MS)
  const elsewhere = { providerId: 'trial', redirectUri: 'https://elsewhere.example/' }
  for (let count = 0; count <= HOUR_MAX; count++) {
    expect(await begin('start-social-sign-in', elsewhere)).toMatchObject({ __typename: 'RedirectNotAllowedError' })
  }
  expect(await WAYS[0][1]()).toMatchObject({ __typename: 'StartSocialSignInSuccess' })
})
