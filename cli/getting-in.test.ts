import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { generatePrivateKey, publicKeys, signingKey } from '../platform/identity/keys.ts'
import { createNewId } from '../platform/ids.ts'
import type { E164 } from '../platform/phone.ts'
import { faultsOf, plantCanary } from '../platform/testing/log-watch.ts'
import { startNetworkElement } from './stand-ins/network-element/network-element.ts'
import { type RunningStandIn, STAND_IN_TOKEN, startSimSwapStandIn } from './stand-ins/sim-swap/start.ts'
import { inboxFile, readInbox } from './stand-ins/smsc/inbox.ts'
import { type SmscProcess, startSmscProcess } from './stand-ins/smsc/smsc-process.ts'
import { insertAccount, insertCatalogue, insertLine, phone } from './testing/fixture.ts'
import { createFrontEnd, type FrontEnd, operationText, passCaptcha } from './testing/front-end.ts'
import { type Installation, startInstallation } from './testing/installation.ts'
import { setPolicy } from './testing/one-time-passwords.ts'
import { eventClient } from './testing/stream-clients.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

const NUMBER = 4_711_042
const PHONE = phone(NUMBER) as E164
const AS_TYPED = `8 (${PHONE.slice(2, 5)}) ${PHONE.slice(5, 8)}-${PHONE.slice(8, 10)}-${PHONE.slice(10)}`
const NAME = 'Canaria Serinova'
const PASSWORD = 'seven canaries over the harbour'
const DEVICE_NAME = 'Telephone of Canaria'
const SMPP = { systemId: 'operator', password: 'k4n4r13' }
const HERE = '127.0.0.1'
const PATIENCE = { timeout: 20_000, interval: 50 }
const SIGNED_IN = { __typename: 'SignInSuccess', viewer: { displayName: NAME } }

/** Five processes as in production, a message centre, a network: what a new user meets, told as one story in order. */
describe('getting in', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cabinet-getting-in-'))
  const elementKey = generatePrivateKey('network-element.1')
  const canaries: string[] = []
  let database: TestDatabase
  let smsc: SmscProcess
  let simSwap: RunningStandIn
  let many: Installation
  let app: FrontEnd
  let session: { accessToken: string; refreshToken: string }

  beforeAll(async () => {
    for (const secret of [PHONE, PHONE.slice(1), PHONE.slice(2), AS_TYPED, NAME, PASSWORD, DEVICE_NAME]) plant(secret)
    plant(SMPP.password)
    database = await createTestDatabase()
    await insertCatalogue(database)
    const ownerId = await insertAccount(database, { number: NUMBER, displayName: NAME })
    await insertLine(database, { number: NUMBER, ownerId })
    // A second code is asked for: nobody waits half a minute for it here.
    await setPolicy(database, 'otp.resendPauseSeconds', 1)
    const timing = { messagesKept: 100, answerDelayMs: 0, receiptDelayMs: 100 }
    smsc = await startSmscProcess({ ...SMPP, ...timing, port: 0, inbox: inboxFile(folder) })
    simSwap = await startSimSwapStandIn()
    many = await startInstallation({ database, variables: await variables() })
    app = createFrontEnd(many.gatewayUrl, 'device of the story')
  })

  afterAll(async () => {
    await many?.close()
    await Promise.all([smsc?.stop(), simSwap?.close()])
    await database?.drop()
    rmSync(folder, { recursive: true })
  })

  async function variables(): Promise<Record<string, string>> {
    const elementKeys: JSONWebKeySet = publicKeys({ keys: [await elementKey] })
    return {
      LOG_LEVEL: 'debug',
      SMSC_URL: `smpp://${SMPP.systemId}:${SMPP.password}@${HERE}:${smsc.smpp}`,
      SIM_SWAP_URL: simSwap.url,
      SIM_SWAP_TOKEN: STAND_IN_TOKEN,
      NETWORK_ELEMENTS: HERE,
      NETWORK_ELEMENT_JWKS: JSON.stringify(elementKeys),
    }
  }

  function plant(secret: string): void {
    canaries.push(secret)
    plantCanary(secret)
  }

  const texts = () => readInbox(inboxFile(folder)).filter((message) => message.phone === PHONE)

  /** Asks for a code, waits until the telephone has it, and reads it there. */
  async function receiveCode(): Promise<string> {
    const input = { phone: AS_TYPED, ...(await passCaptcha(app)) }
    const { __typename, delivery } = await app.mutate('requestOneTimePassword', input)
    expect(__typename).toBe('RequestOneTimePasswordSuccess')
    expect(delivery.status).toMatch(/^(QUEUED|SENT)$/)
    const { resendAt } = await vi.waitFor(async () => {
      const { data } = await app.ask('one-time-password-delivery', { id: delivery.id })
      expect(data.oneTimePasswordDelivery).toMatchObject({ id: delivery.id, status: 'DELIVERED' })
      return data.oneTimePasswordDelivery
    }, PATIENCE)
    // What the cabinet has to tell of the sign-in before may come after the code.
    const code =
      texts()
        .flatMap(({ text }) => text.match(/\b\d{6}\b/) ?? [])
        .at(-1) ?? ''
    expect(code).not.toBe('')
    plant(code)
    // The next one may be asked for then.
    await vi.waitFor(() => expect(systemClock.now().getTime()).toBeGreaterThan(Date.parse(resendAt)), PATIENCE)
    return code
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the operation.
  function keep(signedIn: any): void {
    expect(signedIn).toMatchObject(SIGNED_IN)
    session = signedIn.session
    for (const token of [session.accessToken, session.refreshToken]) plant(token)
  }

  const home = async () => (await app.ask('home', {}, session.accessToken)).data?.viewer
  const signOut = () => app.mutate('signOut', undefined, session.accessToken)
  const untilRefused = (accessToken: string) =>
    vi.waitFor(async () => {
      const { errors } = await app.ask('home', {}, accessToken)
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    }, PATIENCE)

  it('shows a picture to people, and gives work to their telephone instead', async () => {
    const { __typename, captcha } = await app.mutate('requestCaptcha')
    expect(__typename).toBe('RequestCaptchaSuccess')
    const [, type, picture = ''] = /^data:(image\/svg\+xml);base64,(.+)$/.exec(captcha.image) ?? []
    expect(type).toBe('image/svg+xml')
    expect(Buffer.from(picture, 'base64').toString()).toMatch(/^<svg .*<\/svg>$/s)
    expect(Date.parse(captcha.expiresAt)).toBeGreaterThan(systemClock.now().getTime())
  })

  it('sends a code to the telephone, and the cabinet opens with it on the numbers of its owner', async () => {
    const code = await receiveCode()
    const input = { phone: AS_TYPED, code, deviceName: DEVICE_NAME }
    keep(await app.mutate('signInWithOneTimePassword', input))
    expect(await home()).toMatchObject({ displayName: NAME, lines: { nodes: [{ msisdn: PHONE }] } })
    expect(await app.mutate('signInWithOneTimePassword', input)).not.toMatchObject(SIGNED_IN)
  })

  it('shows the session, and goes on with it, also when the answer to a refresh was lost on the way', async () => {
    const { data } = await app.ask('sessions', {}, session.accessToken)
    expect(data.viewer.sessions).toMatchObject([{ deviceName: DEVICE_NAME, isCurrent: true }])
    const { refreshToken } = session
    keep(await app.mutate('refreshSession', { refreshToken }))
    const again = await app.mutate('refreshSession', { refreshToken })
    expect(again).toMatchObject(SIGNED_IN)
    expect(again.session.refreshToken).toBe(session.refreshToken)
    expect(await home()).toMatchObject({ displayName: NAME })
  })

  it('lets nobody in any more with the tokens of a session that was signed out', async () => {
    expect(await signOut()).toEqual({ __typename: 'SignOutSuccess', signedOutSessions: 1 })
    await untilRefused(session.accessToken)
    const { refreshToken } = session
    expect(await app.mutate('refreshSession', { refreshToken })).toMatchObject({
      __typename: 'InvalidRefreshTokenError',
    })
  })

  it('takes a password from who has just shown the telephone, opens with it from then on, and tells the telephone', async () => {
    keep(await app.mutate('signInWithOneTimePassword', { phone: AS_TYPED, code: await receiveCode() }))
    const input = { newPassword: PASSWORD, otherSessions: 'END' }
    expect(await app.mutate('setPassword', input, session.accessToken)).toMatchObject({
      __typename: 'SetPasswordSuccess',
    })
    await signOut()
    await untilRefused(session.accessToken)
    keep(await app.mutate('signInWithPassword', { phone: AS_TYPED, password: PASSWORD, deviceName: DEVICE_NAME }))
    expect(await home()).toMatchObject({ lines: { nodes: [{ msisdn: PHONE }] } })
    const told = expect.objectContaining({ text: expect.stringContaining('Для личного кабинета задан пароль') })
    await vi.waitFor(() => expect(texts()).toContainEqual(told), PATIENCE)
  })

  it('opens by itself from the operator’s own network', async () => {
    const signer = await signingKey({ keys: [await elementKey] })
    const clock = systemClock
    const options = { port: 0, gatewayUrl: many.gatewayUrl, phone: PHONE, signer, clock, newId: createNewId(clock) }
    const element = await startNetworkElement(options)
    try {
      const modem = createFrontEnd(element.url, 'modem')
      keep(await modem.mutate('signInFromNetwork', { deviceName: DEVICE_NAME }))
    } finally {
      await element.close()
    }
    expect(await home()).toMatchObject({ lines: { nodes: [{ msisdn: PHONE }] } })
  })

  it('answers a question from the help, and tells the conversation as it goes on, in order', async () => {
    const asked = (text: string, more = {}) =>
      app.mutate('askConsultant', { text, idempotencyKey: text, ...more }, session.accessToken)
    const { conversation, answer } = await asked('How do I take a promised payment?')
    expect(answer.author).toBe('ASSISTANT')
    expect(answer.articles[0]).toMatchObject({ slug: 'promised-payment', operation: 'TakePromisedPayment' })
    const stream = eventClient.open({
      url: `${many.gatewayUrl}/graphql`,
      token: session.accessToken,
      query: operationText('conversation-changed'),
      variables: { conversationId: conversation.id, afterSequence: '0' },
    })
    const next = async () => (await stream.answers.next()).value?.data.conversationChanged.message
    try {
      expect(await next()).toMatchObject({ sequence: 1, author: 'CUSTOMER' })
      expect(await next()).toMatchObject({ sequence: 2, text: answer.text })
      const second = await asked('How do I unlink a number?', { conversationId: conversation.id })
      expect(await next()).toMatchObject({ sequence: 3, author: 'CUSTOMER', text: 'How do I unlink a number?' })
      expect(await next()).toMatchObject({ sequence: 4, text: second.answer.text })
    } finally {
      stream.close()
    }
  })

  it('has written none of the secrets of the story to any log, not before they were known here either', () => {
    const children = Object.values(many.children)
    expect(children).toHaveLength(5)
    for (const { lines, errorOutput } of children) {
      expect(lines.length).toBeGreaterThan(1)
      expect(lines.flatMap((line) => faultsOf(JSON.stringify(line)))).toEqual([])
      expect(canaries.filter((secret) => errorOutput().includes(secret))).toEqual([])
    }
    expect(faultsOf(JSON.stringify({ msg: `hello ${NAME}` }))).toEqual(['a canary'])
  })
})
