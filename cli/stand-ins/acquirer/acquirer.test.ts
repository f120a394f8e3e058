import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Acquirer, AcquirerAnswer, NewCardPayment } from '../../../platform/acquirer/acquirer.ts'
import { isNoticeSigned } from '../../../platform/acquirer/notice-signature.ts'
import { createYooKassa } from '../../../platform/acquirer/yookassa-client.ts'
import { systemClock } from '../../../platform/clock.ts'
import { createNewId } from '../../../platform/ids.ts'
import { type Logger, silentLogger } from '../../../platform/logger.ts'
import { kopecks } from '../../../platform/money.ts'
import { payOnPage, sendForm, TEST_CARD_NUMBER, typeCard } from '../../testing/payment-page.ts'
import { type AcquirerStandIn, startAcquirerStandIn } from './start.ts'

const newId = createNewId(systemClock)
const REFERENCE = { lineId: newId(), paymentId: newId() }
const RETURN_URL = 'http://cabinet.example/back'
const SIGNATURE = { header: 'x-acquirer-signature', key: 'key-of-a-test' }
const SHOP = { shopId: 'shop', secretKey: 'secret-of-a-test', logger: silentLogger }

const HOUR_MS = 3_600_000
const PATIENCE = { timeout: 10_000, interval: 10 }

interface Received {
  readonly body: Buffer
  readonly signature: string
}

let standIn: AcquirerStandIn
let acquirer: Acquirer
let directory: string
let hook: Server
let received: Received[]
let refusals: number

beforeAll(async () => {
  hook = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    received.push({ body, signature: String(request.headers[SIGNATURE.header]) })
    response.writeHead(refusals-- > 0 ? 503 : 200).end()
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
})

beforeEach(async () => {
  received = []
  refusals = 0
  directory = mkdtempSync(path.join(tmpdir(), 'cabinet-acquirer-'))
  await open()
})

afterEach(async () => {
  await standIn.close()
  rmSync(directory, { recursive: true })
})

afterAll(() => hook.close())

async function open(slowMs = 1): Promise<void> {
  standIn = await startAcquirerStandIn({
    ...SHOP,
    clock: systemClock,
    newId,
    file: path.join(directory, 'bank.json'),
    notices: {
      url: () => `http://127.0.0.1:${(hook.address() as AddressInfo).port}/notices`,
      signature: SIGNATURE,
      pausesMs: [1, 1, 1],
    },
    slowMs,
    silenceMs: 5_000,
  })
  acquirer = createYooKassa({ url: standIn.apiUrl, ...SHOP, timeoutMs: 5_000 })
}

function wanted(overrides: Partial<NewCardPayment> = {}): NewCardPayment {
  return {
    amount: { kopecks: kopecks(15_000n), currencyCode: 'RUB' },
    description: 'Top-up',
    reference: REFERENCE,
    isCapturedAtOnce: true,
    way: { kind: 'PAGE', returnUrl: RETURN_URL, isCardSaved: false },
    receipt: {
      customerPhone: '+79160000001',
      taxSystemCode: 1,
      items: [
        {
          description: 'Advance',
          amount: { kopecks: kopecks(15_000n), currencyCode: 'RUB' },
          vatCode: 12,
          subject: 'payment',
          mode: 'advance',
        },
      ],
    },
    ...overrides,
  }
}

const of = (value: bigint): Partial<NewCardPayment> => ({
  amount: { kopecks: kopecks(value), currencyCode: 'RUB' },
  receipt: null,
})

function done<Value>(answer: AcquirerAnswer<Value>): Value {
  if (answer.kind !== 'done') throw new Error(`the acquirer answered ${JSON.stringify(answer)}`)
  return answer.value
}

/** Of a new payment: where its customer goes. */
async function begin(overrides: Partial<NewCardPayment> = {}): Promise<{ id: string; url: string }> {
  const { id, status, confirmationUrl } = done(await acquirer.createPayment(wanted(overrides), newId()))
  expect(status).toBe('PENDING')
  return { id, url: confirmationUrl ?? '' }
}

const find = async (id: string) => done(await acquirer.findPayment(id))

describe('the adapter of YooKassa, with the acquirer that stands in for it', () => {
  it('takes money after the bank’s question, and tells whose payment it was', async () => {
    const { id, url } = await begin()
    expect(await payOnPage(url)).toBe(RETURN_URL)
    expect(await find(id)).toMatchObject({
      status: 'SUCCEEDED',
      amount: { kopecks: 15_000n, currencyCode: 'RUB' },
      reference: REFERENCE,
      confirmationUrl: null,
      card: { last4: '1881', brand: 'Visa', isSaved: false, expiryYear: 2030, expiryMonth: 12 },
      capturedAt: expect.any(Date),
    })
  })

  it.each(['insufficient_funds', 'card_expired', 'general_decline'])('is declined with %s', async (reason) => {
    const { id, url } = await begin()
    expect(await payOnPage(url, reason)).toBe(RETURN_URL)
    expect(await find(id)).toMatchObject({ status: 'CANCELED', cancellation: { party: 'payment_network', reason } })
  })

  it('is declined after three wrong codes, and when the customer gives up', async () => {
    const { id, url } = await begin()
    const next = (await typeCard(url, { outcome: '3-d-secure' })) ?? ''
    for (const _ of [1, 2]) {
      expect((await sendForm(next, { act: 'confirm', code: '0000' })).html).toContain('That is not the code.')
    }
    expect((await sendForm(next, { act: 'confirm', code: '0000' })).location).toBe(RETURN_URL)
    expect(await find(id)).toMatchObject({ status: 'CANCELED', cancellation: { reason: '3d_secure_failed' } })
    const other = await begin()
    await sendForm(other.url, { act: 'cancel' })
    expect(await find(other.id)).toMatchObject({ status: 'CANCELED' })
  })

  it('refuses what is no card, in the language of the one who pays', async () => {
    const { id, url } = await begin()
    const number = '4012888888881882'
    const fields = { act: 'pay', number, expiry: '12/30', securityCode: '123', outcome: 'success' }
    expect((await sendForm(url, fields)).html).toContain('There is no such card.')
    expect((await sendForm(`${url}?lang=ru`, fields)).html).toContain('Такой карты не бывает.')
    expect(await find(id)).toMatchObject({ status: 'PENDING' })
  })

  it('makes one payment of one key, refuses another body under it, and never charges twice', async () => {
    const key = newId()
    const first = done(await acquirer.createPayment(wanted(), key))
    expect(done(await acquirer.createPayment(wanted(), key)).id).toBe(first.id)
    expect(await acquirer.createPayment(wanted(of(20_000n)), key)).toEqual({ kind: 'refused', code: 'INVALID_REQUEST' })
    expect(standIn.bank.payments.size).toBe(1)
  })

  it('pays by a card that was saved, which may ask for its owner or have too little', async () => {
    const { id, url } = await begin({ way: { kind: 'PAGE', returnUrl: RETURN_URL, isCardSaved: true } })
    await payOnPage(url)
    const { card } = await find(id)
    expect(card?.isSaved).toBe(true)
    const way = { kind: 'SAVED_CARD', token: card?.token ?? '', returnUrl: RETURN_URL } as const
    const pay = async (value: bigint) => done(await acquirer.createPayment(wanted({ ...of(value), way }), newId()))
    expect(await pay(10_000n)).toMatchObject({ status: 'SUCCEEDED', card: { last4: '1881' } })
    expect(await pay(10_051n)).toMatchObject({ status: 'CANCELED', cancellation: { reason: 'insufficient_funds' } })
    const asking = await pay(10_030n)
    expect(asking).toMatchObject({ status: 'PENDING' })
    expect((await sendForm(`${asking.confirmationUrl}/code`, { code: '4242' })).location).toBe(RETURN_URL)
    expect(await find(asking.id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('holds money until it is captured in part, or let go', async () => {
    const first = await begin({ isCapturedAtOnce: false })
    await payOnPage(first.url, 'success')
    expect(await find(first.id)).toMatchObject({ status: 'WAITING_FOR_CAPTURE' })
    const amount = { kopecks: kopecks(10_000n), currencyCode: 'RUB' } as const
    for (const _ of [1, 2]) {
      const captured = done(await acquirer.capturePayment(first.id, amount, 'capture'))
      expect(captured).toMatchObject({ status: 'SUCCEEDED', amount: { kopecks: 10_000n } })
    }
    const second = await begin({ isCapturedAtOnce: false })
    await payOnPage(second.url, 'success')
    expect(done(await acquirer.cancelPayment(second.id, newId()))).toMatchObject({
      status: 'CANCELED',
      cancellation: { party: 'merchant', reason: 'canceled_by_merchant' },
    })
  })

  it('gives money back in parts, never more than was paid', async () => {
    const { id, url } = await begin()
    await payOnPage(url, 'success')
    const refund = (value: bigint) => {
      const amount = { kopecks: kopecks(value), currencyCode: 'RUB' } as const
      return acquirer.createRefund({ paymentId: id, amount, description: '', receipt: null }, newId())
    }
    const made = done(await refund(10_000n))
    expect(made).toMatchObject({ status: 'SUCCEEDED', paymentId: id })
    expect(done(await acquirer.findRefund(made.id))).toEqual(made)
    expect(await refund(5_001n)).toEqual({ kind: 'refused', code: 'INVALID_REQUEST' })
    expect(done(await refund(117n))).toMatchObject({ status: 'CANCELED' })
    expect(await find(id)).toMatchObject({ refundedKopecks: 10_000n })
  })

  it('keeps a refund waiting, and ends it later or after it has begun anew', async () => {
    await standIn.close()
    await open(HOUR_MS)
    const { id, url } = await begin()
    await payOnPage(url, 'success')
    const refund = async (value: bigint) => {
      const amount = { kopecks: kopecks(value), currencyCode: 'RUB' } as const
      return done(await acquirer.createRefund({ paymentId: id, amount, description: '', receipt: null }, newId()))
    }
    const [slow, slowlyCanceled] = [await refund(5_018n), await refund(5_019n)]
    expect([slow.status, slowlyCanceled.status]).toEqual(['PENDING', 'PENDING'])
    const span = { from: slow.createdAt, before: new Date(slowlyCanceled.createdAt.getTime() + 1), cursor: null }
    expect(done(await acquirer.listRefunds(span)).items).toEqual([slow, slowlyCanceled])
    standIn.endRefund(slow.id)
    expect(done(await acquirer.findRefund(slow.id))).toEqual({ ...slow, status: 'SUCCEEDED' })
    await standIn.close()
    await open()
    await expect
      .poll(async () => done(await acquirer.findRefund(slowlyCanceled.id)), PATIENCE)
      .toMatchObject({
        status: 'CANCELED',
        cancellation: { reason: 'insufficient_funds' },
      })
    expect(await find(id)).toMatchObject({ refundedKopecks: 5_018n })
  })

  it('does not know the outcome of what is not answered, and learns it by the same key', async () => {
    const hasty = createYooKassa({ url: standIn.apiUrl, ...SHOP, timeoutMs: 300 })
    const cases = [
      { asked: hasty, value: 10_013n, cause: 'timeout', made: 1 },
      { asked: hasty, value: 10_014n, cause: 'timeout', made: 1 },
      { asked: acquirer, value: 10_015n, cause: 'trouble', made: 3 },
    ]
    for (const { asked, value, cause, made } of cases) {
      const key = newId()
      expect(await asked.createPayment(wanted(of(value)), key)).toEqual({ kind: 'unknown', cause })
      expect(standIn.bank.payments.size).toBe(made)
      done(await acquirer.createPayment(wanted(of(value)), key))
    }
    expect(standIn.bank.payments.size).toBe(3)
  })

  it('takes no answer for one that cannot be read', async () => {
    const answers = ['<html>', '{}', '{"id":"x","status":"succeeded"}', `"${'x'.repeat(1_100_000)}"`]
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json' }).end(answers[Number(request.url?.slice(-1))])
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const errors: object[] = []
    const logger = { ...silentLogger, error: (fields: object) => errors.push(fields) } as unknown as Logger
    const garbled = createYooKassa({ url, ...SHOP, logger })
    for (const index of answers.keys()) {
      expect(await garbled.findPayment(String(index))).toEqual({ kind: 'unknown', cause: 'unreadable' })
    }
    // Where it is not as it should be, and nothing of what stands there.
    expect(errors).toEqual([
      { path: 'payments/0', places: [''] },
      { path: 'payments/1', places: ['id', 'status', 'amount', 'created_at'] },
      { path: 'payments/2', places: ['amount', 'created_at'] },
      { path: 'payments/3', places: [''] },
    ])
    server.closeAllConnections()
    server.close()
  })

  it('tells an acquirer that is away from one that refuses', async () => {
    const wrong = createYooKassa({ url: standIn.apiUrl, ...SHOP, secretKey: 'wrong' })
    expect(await wrong.createPayment(wanted(), newId())).toEqual({ kind: 'refused', code: 'INVALID_CREDENTIALS' })
    for (const id of [newId(), '../refunds', 'a/b?c']) {
      expect(await acquirer.findPayment(id)).toEqual({ kind: 'refused', code: 'NOT_FOUND' })
    }
    const away = createYooKassa({ url: 'http://127.0.0.1:1/v3', ...SHOP })
    expect(await away.findPayment(newId())).toEqual({ kind: 'unknown', cause: 'connection' })
  })

  it('lists what began and what was taken in a span, page by page', async () => {
    const from = new Date(systemClock.now().getTime() - 60_000)
    const before = new Date(systemClock.now().getTime() + 60_000)
    for (let count = 0; count < 101; count++) await acquirer.createPayment(wanted(), newId())
    const { id, url } = await begin()
    await payOnPage(url, 'success')
    const first = done(await acquirer.listPayments({ from, before, cursor: null }))
    const second = done(await acquirer.listPayments({ from, before, cursor: first.next }))
    expect([first.items.length, second.items.length, second.next]).toEqual([100, 2, null])
    expect(done(await acquirer.listTaken({ from, before, cursor: null })).items.map((item) => item.id)).toEqual([id])
    expect(done(await acquirer.listTaken({ from: before, before, cursor: null })).items).toEqual([])
  })
})

describe('notices of the acquirer that stands in', () => {
  it('are signed, and come again until they are taken', async () => {
    refusals = 2
    const { id, url } = await begin()
    await payOnPage(url, 'success')
    await standIn.settled()
    expect(received).toHaveLength(3)
    for (const { body, signature } of received) {
      expect(isNoticeSigned(body, signature, SIGNATURE.key)).toBe(true)
      expect(JSON.parse(body.toString())).toMatchObject({
        type: 'notification',
        event: 'payment.succeeded',
        object: { id, status: 'succeeded', metadata: { payment_id: REFERENCE.paymentId } },
      })
    }
  })

  it('do not come of what is paid in silence', async () => {
    const { id, url } = await begin()
    expect(await payOnPage(url, 'silent')).toBeNull()
    await standIn.settled()
    expect([received.length, (await find(id)).status]).toEqual([0, 'SUCCEEDED'])
  })
})

describe('what the acquirer that stands in keeps', () => {
  it('outlives it, and has no number of a card in it', async () => {
    const { id, url } = await begin({ way: { kind: 'PAGE', returnUrl: RETURN_URL, isCardSaved: true } })
    await payOnPage(url)
    await standIn.close()
    const kept = readFileSync(path.join(directory, 'bank.json'), 'utf8')
    expect(kept).toContain(id)
    expect(kept).not.toContain(TEST_CARD_NUMBER)
    await open()
    expect(await find(id)).toMatchObject({ status: 'SUCCEEDED', card: { isSaved: true } })
  })

  it('is told as the registry of a day in Moscow', async () => {
    const { id, url } = await begin()
    await payOnPage(url, 'success')
    const day = new Date(systemClock.now().getTime() + 3 * 3_600_000).toISOString().slice(0, 10)
    const csv = await (await fetch(`${standIn.url}/registry?date=${day}`)).text()
    expect(csv.split('\r\n')[0]).toBe(
      'Идентификатор платежа;Сумма платежа;Валюта платежа;Дата создания;Дата платежа;Описание',
    )
    expect(csv).toContain(`${id};150.00;RUB;`)
    expect(await (await fetch(`${standIn.url}/registry?date=2020-01-01`)).text()).not.toContain(id)
    expect((await fetch(`${standIn.url}/registry?date=yesterday`)).status).toBe(400)
  })
})
