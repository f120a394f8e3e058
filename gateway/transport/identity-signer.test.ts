import { beforeAll, describe, expect, it } from 'vitest'
import { verifyInternalToken } from '../../platform/identity/internal-token.ts'
import { findKeyAmong, generatePrivateKey, publicKeys, signingKey } from '../../platform/identity/keys.ts'
import { ANONYMOUS, type NetworkAssertion, UNKNOWN_CLIENT, type Viewer } from '../../platform/identity/viewer.ts'
import type { E164 } from '../../platform/phone.ts'
import { createIdentitySigner } from './identity-signer.ts'

const PHONE = '+79160000001' as E164

function viewer(network: NetworkAssertion | null): Viewer {
  return { principal: ANONYMOUS, language: 'ru', requestId: 'a request', client: { ...UNKNOWN_CLIENT, network } }
}

describe('the signature over who asks', () => {
  const made = generatePrivateKey('gateway.1')
  let now = new Date('2026-11-22T10:00:00Z')
  const clock = { now: () => now }
  let signFor: (audience: string) => (viewer: Viewer) => Promise<string>
  let networkIn: (token: string, audience: string) => Promise<NetworkAssertion | null | undefined>

  beforeAll(async () => {
    const keys = { keys: [await made] }
    const signer = await signingKey(keys)
    const findKey = findKeyAmong(publicKeys(keys))
    signFor = (audience) => createIdentitySigner({ signer, audience, clock })
    networkIn = async (token, audience) => (await verifyInternalToken(token, audience, findKey, clock))?.client?.network
  })

  it('is used again for the same viewer', async () => {
    const sign = signFor('accounts')
    const token = await sign(viewer(null))
    now = new Date(now.getTime() + 1_000)
    expect(await sign(viewer(null))).toBe(token)
  })

  it('tells accounts what the network said of this request, and is used for no other', async () => {
    const sign = signFor('accounts')
    const said = { phone: PHONE, jti: 'the first word of the element' }
    const token = await sign(viewer(said))
    expect(await networkIn(token, 'accounts')).toEqual(said)
    now = new Date(now.getTime() + 1_000)
    expect(await sign(viewer(said))).not.toBe(token)
    expect(await networkIn(await sign(viewer(null)), 'accounts')).toBeNull()
    const next = { ...said, jti: 'the second word of the element' }
    expect(await networkIn(await sign(viewer(next)), 'accounts')).toEqual(next)
  })

  it('tells nobody else', async () => {
    const sign = signFor('payments')
    const token = await sign(viewer({ phone: PHONE, jti: 'a word of the element' }))
    expect(await networkIn(token, 'payments')).toBeNull()
    expect(token).toBe(await sign(viewer(null)))
  })
})
