import { describe, expect, it } from 'vitest'
import { readCliEnvironment } from './environment.ts'

const PROVIDER = {
  id: 'trial',
  name: { ru: 'Проба', en: 'Trial' },
  issuer: 'https://id.example',
  clientId: 'cabinet',
  clientSecret: 'a secret',
  redirectUris: ['https://cabinet.example/signed-in'],
}
const STAFF = {
  issuer: 'https://staff.example',
  clientId: 'desk',
  clientSecret: 'a secret',
  redirectUris: ['app://desk'],
}
const ENDPOINTS = { authorization: 'https://id.example/a', token: 'https://id.example/t' }

const social = (...providers: object[]) => readCliEnvironment({ SOCIAL_PROVIDERS: JSON.stringify(providers) })
const staff = (provider: object) => readCliEnvironment({ STAFF_PROVIDER: JSON.stringify(provider) })

describe('the providers of identities in the environment', () => {
  it('are none when nothing is said of them', () => {
    expect(readCliEnvironment({})).toMatchObject({ SOCIAL_PROVIDERS: [] })
    expect(readCliEnvironment({}).STAFF_PROVIDER).toBeUndefined()
  })

  it('are OpenID Connect, unless their endpoints are given', () => {
    expect(social(PROVIDER).SOCIAL_PROVIDERS).toMatchObject([
      { scopes: ['openid'], clientAuthentication: 'basic', subject: { in: 'id-token', claim: 'sub' } },
    ])
    const subject = { in: 'token-response', claim: 'user_id' }
    expect(social({ ...PROVIDER, endpoints: ENDPOINTS, subject }).SOCIAL_PROVIDERS).toMatchObject([{ subject }])
    expect(staff(STAFF).STAFF_PROVIDER).toMatchObject({ rolesClaim: 'roles', roles: { salon: 'salon' } })
  })

  it.each<[string, object, string]>([
    ['an issuer in the clear', { issuer: 'http://id.example' }, 'neither https nor on this machine'],
    ['an issuer that only looks like this machine', { issuer: 'http://127.0.0.1.evil.example' }, 'neither https'],
    ['an endpoint in the clear', { endpoints: { ...ENDPOINTS, token: 'http://id.example/t' } }, 'neither https'],
    ['a way back with a query', { redirectUris: ['https://cabinet.example/?next=x'] }, 'a query or a fragment'],
    ['no way back', { redirectUris: [] }, 'redirectUris'],
    ['no secret', { clientSecret: undefined }, 'needs a client secret'],
    ['a subject in an ID token that is never given', { endpoints: ENDPOINTS }, 'where this provider tells nothing'],
    ['a subject in userinfo that is nowhere', { subject: { in: 'userinfo', claim: 'id' } }, 'tells nothing'],
    ['an id that is none', { id: 'Trial Provider' }, 'id'],
  ])('are refused with %s', (_, change, words) => {
    expect(() => social({ ...PROVIDER, ...change })).toThrow(words)
  })

  it('are refused when two have one id, and when it is no JSON', () => {
    expect(() => social(PROVIDER, PROVIDER)).toThrow('has two providers of one id')
    expect(() => readCliEnvironment({ SOCIAL_PROVIDERS: '[{' })).toThrow('SOCIAL_PROVIDERS: is not JSON')
  })

  it('are refused for staff when a role is none of ours, or when there would be no ID token', () => {
    expect(() => staff({ ...STAFF, roles: { boss: 'owner' } })).toThrow('STAFF_PROVIDER.roles.boss')
    expect(() => staff({ ...STAFF, endpoints: ENDPOINTS })).toThrow('must be discovered')
  })

  it.each([
    ['a development secret', { clientSecret: 'development-secret' }, 'holds a development secret'],
    ['an address that is not encrypted', { issuer: 'http://127.0.0.1:9000' }, 'is not https'],
  ])('keep production from starting with %s', (_, change, words) => {
    const production = { NODE_ENV: 'production' }
    const ofCustomers = JSON.stringify([{ ...PROVIDER, ...change }])
    const ofStaff = JSON.stringify({ ...STAFF, ...change })
    expect(() => readCliEnvironment({ SOCIAL_PROVIDERS: ofCustomers, STAFF_PROVIDER: ofStaff })).not.toThrow()
    expect(() => readCliEnvironment({ ...production, SOCIAL_PROVIDERS: ofCustomers })).toThrow(words)
    expect(() => readCliEnvironment({ ...production, STAFF_PROVIDER: ofStaff })).toThrow(words)
  })

  it('never show what is secret in an error', () => {
    expect(() => social({ ...PROVIDER, issuer: 'nonsense', clientSecret: 'a-canary' })).not.toThrow('a-canary')
    expect(() => social({ ...PROVIDER, issuer: 'nonsense' })).toThrow('SOCIAL_PROVIDERS.0.issuer')
  })
})
