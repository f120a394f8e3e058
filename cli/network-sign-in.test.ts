import { request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NETWORK_AUDIENCE, NETWORK_HEADER, NETWORK_TOKEN_TYPE } from '../gateway/network-element.ts'
import { systemClock } from '../platform/clock.ts'
import { generatePrivateKey, publicKeys, signingKey } from '../platform/identity/keys.ts'
import { createNewId } from '../platform/ids.ts'
import type { E164 } from '../platform/phone.ts'
import { readOperations } from '../schema/operations.ts'
import { assertNumber, startNetworkElement } from './stand-ins/network-element/network-element.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, phone } from './testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

/** The test comes from there, whichever gateway it goes to. */
const HERE = '127.0.0.1'
const ELEMENTS = '10.20.0.0/16'
const AN_ELEMENT = '10.20.1.1'
const ANNA = accountId(1)
const PHONE = phone(1) as E164
const QUERY = readOperations()['sign-in-from-network.graphql'] ?? ''
const OF_A_MODEM = { method: 'NETWORK', device_name: 'Modem' }
const newId = createNewId(systemClock)
const nowSeconds = () => Math.floor(systemClock.now().getTime() / 1_000)

/** A gateway, and where it listens. */
interface Door {
  readonly cabinet: TestCabinet
  readonly port: number
}

describe('signing in from the operator’s own network', () => {
  let cabinet: TestCabinet
  /** To the one the test is an element; to the other it is anybody, or the balancer. */
  let fromElement: Door
  let fromAnybody: Door
  let aheadMs = 0
  const clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) }
  const elementKey = generatePrivateKey('network-element.1')

  beforeAll(async () => {
    ;[fromElement, fromAnybody] = await Promise.all([openDoor([`${HERE}/32`, ELEMENTS]), openDoor([ELEMENTS])])
    cabinet = fromElement.cabinet
  })

  async function openDoor(peers: readonly string[]): Promise<Door> {
    const keys = publicKeys({ keys: [await elementKey] })
    const opened = await openTestCabinet({ clock, networkElement: { peers, keys }, trustedProxies: [HERE] })
    await insertCatalogue(opened.database)
    await insertAccount(opened.database, { number: 1 })
    await insertLine(opened.database, { number: 1, ownerId: ANNA })
    await insertAccount(opened.database, { number: 2, kind: 'ORGANIZATION' })
    await insertLine(opened.database, { number: 2, ownerId: accountId(2) })
    await opened.gateway.http.listen({ host: HERE, port: 0 })
    return { cabinet: opened, port: (opened.gateway.http.server.address() as AddressInfo).port }
  }

  beforeEach(async () => {
    aheadMs = 0
    await cabinet.database.sql('delete from accounts.session')
  })

  afterAll(async () => {
    await Promise.all([fromElement.cabinet.close(), fromAnybody.cabinet.close()])
  })

  const right = async (to: string = PHONE) =>
    assertNumber({ phone: to as E164, signer: await signer(), clock: systemClock, newId })
  const signer = async () => signingKey({ keys: [await elementKey] })
  const sessions = async () => {
    const query = 'select person_id, method, device_name from accounts.session'
    return [...(await fromElement.cabinet.database.sql(query)), ...(await fromAnybody.cabinet.database.sql(query))]
  }

  /** Asks over a connection of its own, with headers as they are given. */
  function ask({ port }: Door, headers: readonly string[], query = QUERY) {
    const body = JSON.stringify({ query, variables: { input: { deviceName: '  Modem  ' } } })
    const all = ['host', `${HERE}:${port}`, 'content-type', 'application/json', 'content-length']
    return new Promise<Record<string, { __typename: string }>>((resolve, reject) => {
      const options = { host: HERE, port, path: '/graphql', method: 'POST', agent: false }
      const sent = sendRequest(
        { ...options, headers: [...all, `${Buffer.byteLength(body)}`, ...headers] },
        (answer) => {
          let text = ''
          answer.on('data', (chunk) => {
            text += chunk
          })
          answer.on('end', () => resolve(JSON.parse(text).data))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  const signIn = async (door: Door, headers: readonly string[]) => (await ask(door, headers))['signInFromNetwork']
  const REFUSED = { __typename: 'NotOnOperatorNetworkError', path: [] }

  it('needs no form: the element names the number', async () => {
    expect(await signIn(fromElement, [NETWORK_HEADER, await right()])).toMatchObject({
      __typename: 'SignInSuccess',
      viewer: { id: ANNA, displayName: 'Account 1' },
    })
    expect(await sessions()).toEqual([{ person_id: ANNA, ...OF_A_MODEM }])
  })

  it('believes the header in whatever letter case, from the element', async () => {
    expect(await signIn(fromElement, ['X-NETWORK-Subscriber', await right()])).toMatchObject({
      __typename: 'SignInSuccess',
    })
  })

  it('is refused without the header, to people who are not on the network', async () => {
    expect(await signIn(fromElement, [])).toMatchObject(REFUSED)
    expect(await signIn(fromAnybody, [])).toMatchObject(REFUSED)
  })

  it.each([
    ['x-network-subscriber'],
    ['X-Network-Subscriber'],
    ['X-NETWORK-SUBSCRIBER'],
    ['x-NETWORK-subscriber'],
    ['x_network_subscriber'],
    ['x-network-msisdn'],
  ])('believes nobody else’s %s, be it signed by the element', async (header) => {
    expect(await signIn(fromAnybody, [header, await right()])).toMatchObject(REFUSED)
    expect(await signIn(fromAnybody, [header, PHONE])).toMatchObject(REFUSED)
    expect(await signIn(fromElement, [header, PHONE])).toMatchObject(REFUSED)
    expect(await sessions()).toEqual([])
  })

  it.each([
    ['twice', async () => [NETWORK_HEADER, await right(), NETWORK_HEADER, await right(phone(2))]],
    ['twice in two letter cases', async () => [NETWORK_HEADER, await right(), 'X-Network-Subscriber', await right()]],
    ['twice, one of them empty', async () => [NETWORK_HEADER, '', NETWORK_HEADER, await right()]],
    ['twice in one line', async () => [NETWORK_HEADER, `${await right()}, ${await right()}`]],
  ])('believes no header that comes %s', async (_, headers) => {
    expect(await signIn(fromElement, await headers())).toMatchObject(REFUSED)
    expect(await sessions()).toEqual([])
  })

  it.each([
    ['X-Forwarded-For', AN_ELEMENT],
    ['X-Forwarded-For', `${AN_ELEMENT}, ${AN_ELEMENT}`],
    ['Forwarded', `for=${AN_ELEMENT}`],
    ['X-Real-IP', AN_ELEMENT],
    ['X-Client-IP', AN_ELEMENT],
  ])('looks at the connection, and not at %s: %s, which a balancer that is trusted sends', async (header, value) => {
    expect(await signIn(fromAnybody, [header, value, NETWORK_HEADER, await right()])).toMatchObject(REFUSED)
    expect(await sessions()).toEqual([])
  })

  async function signed(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}, key = elementKey) {
    const { kid, key: secret } = await signingKey({ keys: [await key] })
    return new SignJWT({ aud: NETWORK_AUDIENCE, sub: PHONE, iat: nowSeconds(), jti: newId(), ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: NETWORK_TOKEN_TYPE, ...header })
      .sign(secret)
  }

  it.each<[string, () => Promise<string>]>([
    ['another’s key of the same name', () => signed({}, {}, generatePrivateKey('network-element.1'))],
    ['a key that nobody knows', () => signed({}, {}, generatePrivateKey('network-element.2'))],
    ['no signature', async () => new UnsecuredJWT({ sub: PHONE, jti: newId() }).setIssuedAt(nowSeconds()).encode()],
    ['a changed number', async () => changed(await right())],
    ['another purpose', () => signed({}, { typ: 'at+jwt' })],
    ['another audience', () => signed({ aud: 'somebody-else' })],
    ['a time that is past', () => signed({ iat: nowSeconds() - 31 })],
    ['a time to come', () => signed({ iat: nowSeconds() + 32 })],
    ['an end that is past', () => signed({ exp: nowSeconds() - 1 })],
    ['no number', () => signed({ sub: 'anna' })],
    ['a number that is not written out', () => signed({ sub: PHONE.slice(1) })],
    ['a short name', () => signed({ jti: '1' })],
    ['a number that is nobody’s', () => signed({ sub: phone(999) })],
    ['nonsense', async () => 'x.y.z'],
  ])('believes no word with %s', async (_, make) => {
    expect(await signIn(fromElement, [NETWORK_HEADER, await make()])).toMatchObject(REFUSED)
    expect(await sessions()).toEqual([])
  })

  function changed(token: string): string {
    const [header = '', body = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const other = Buffer.from(JSON.stringify({ ...claims, sub: phone(2) })).toString('base64url')
    return [header, other, signature].join('.')
  }

  it('believes a word for half a minute', async () => {
    const word = await right()
    aheadMs = 31_000
    expect(await signIn(fromElement, [NETWORK_HEADER, word])).toMatchObject(REFUSED)
    aheadMs = 29_000
    expect(await signIn(fromElement, [NETWORK_HEADER, word])).toMatchObject({ __typename: 'SignInSuccess' })
  })

  it('takes a word once, of fifty that bring it at once', async () => {
    const word = await right()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => signIn(fromElement, [NETWORK_HEADER, word])))
    expect(outcomes.filter((outcome) => outcome?.__typename === 'SignInSuccess')).toHaveLength(1)
    expect(await sessions()).toHaveLength(1)
    expect(await signIn(fromElement, [NETWORK_HEADER, word])).toMatchObject(REFUSED)
  })

  it('takes a word once, of many times in one request', async () => {
    const aliases = Array.from({ length: 5 }, (_, n) => `a${n}: signInFromNetwork(input: $input) { __typename }`)
    const query = `mutation ($input: SignInFromNetworkInput!) { ${aliases.join(' ')} }`
    const outcomes = Object.values(await ask(fromElement, [NETWORK_HEADER, await right()], query))
    expect(outcomes.filter(({ __typename }) => __typename === 'SignInSuccess')).toHaveLength(1)
    expect(await sessions()).toHaveLength(1)
  })

  it('forgets words when nobody would believe them any more', async () => {
    const count = async () => (await cabinet.database.sql('select jti from accounts.network_assertion')).length
    await signIn(fromElement, [NETWORK_HEADER, await right()])
    aheadMs = 20 * 60_000
    const later = { now: () => new Date(clock.now()) }
    const word = await assertNumber({ phone: PHONE, signer: await signer(), clock: later, newId })
    for (let round = await count(); round > 10; round -= 9) {
      const more = await assertNumber({ phone: PHONE, signer: await signer(), clock: later, newId })
      await signIn(fromElement, [NETWORK_HEADER, more])
    }
    expect(await signIn(fromElement, [NETWORK_HEADER, word])).toMatchObject({ __typename: 'SignInSuccess' })
    expect(await count()).toBeLessThan(10)
  })

  it('opens a cabinet of their own, and no organization’s, to whoever holds one of its telephones', async () => {
    const session = await signIn(fromElement, [NETWORK_HEADER, await right(phone(2))])
    expect(session).toMatchObject({ __typename: 'SignInSuccess', viewer: { displayName: '+7 916 000 00 02' } })
    expect(await sessions()).toEqual([{ person_id: expect.not.stringMatching(accountId(2)), ...OF_A_MODEM }])
  })

  it('is no way in for whoever has a SIM that is blocked', async () => {
    const block = (status: string) =>
      cabinet.database.sql('update linked_numbers.line set status = $1 where msisdn = $2', [status, PHONE])
    await block('BLOCKED')
    expect(await signIn(fromElement, [NETWORK_HEADER, await right()])).toMatchObject({
      __typename: 'NotEligibleError',
    })
    await block('ACTIVE')
    expect(await sessions()).toEqual([])
  })

  it('goes through the element that developers have, whatever the client says itself', async () => {
    const element = await startNetworkElement({
      port: 0,
      gatewayUrl: `http://${HERE}:${fromElement.port}`,
      phone: PHONE,
      signer: await signer(),
      clock: systemClock,
      newId,
    })
    try {
      const response = await fetch(`${element.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'X-Network-Subscriber': await right(phone(2)) },
        body: JSON.stringify({ query: QUERY, variables: { input: {} } }),
      })
      const { data } = (await response.json()) as { data: { signInFromNetwork: object } }
      expect(data.signInFromNetwork).toMatchObject({ __typename: 'SignInSuccess', viewer: { id: ANNA } })
    } finally {
      await element.close()
    }
  })
})
