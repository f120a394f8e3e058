import { request } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AcquirerAnswer, RefusalCode } from '../platform/acquirer/acquirer.ts'
import { NOTICE_PATH } from '../platform/acquirer/notice-route.ts'
import { signNotice } from '../platform/acquirer/notice-signature.ts'
import { systemClock } from '../platform/clock.ts'
import { createPool } from '../platform/database/connect.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import type { StoredPayment } from './stand-ins/acquirer/bank.ts'
import { type CardShop, NOTICE_SIGNATURE, openCardShop, RETURN_URL } from './testing/card-shop.ts'
import { insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { payOnPage } from './testing/payment-page.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const HOUR_MS = 3_600_000
const newId = createNewId(systemClock)

let shop: CardShop
let lines = 0
let line: string
let owner: string
let token: string
/** Where notices of the stand-in go: nowhere, so that each test sends its own. */
const noticeUrl: string | null = null
let now = systemClock.now()
/** What the acquirer says to whoever looks something up; what is true if it is null. */
let refusal: RefusalCode | null = null
const orRefuse =
  <Answer>(find: (id: string) => Promise<AcquirerAnswer<Answer>>) =>
  async (id: string): Promise<AcquirerAnswer<Answer>> =>
    refusal === null ? find(id) : { kind: 'refused', code: refusal }

beforeAll(async () => {
  shop = await openCardShop({
    clock: { now: () => now },
    standIn: { notices: { url: () => noticeUrl, signature: NOTICE_SIGNATURE } },
    wrapAcquirer: ({ findPayment, findRefund, ...acquirer }) => ({
      ...acquirer,
      findPayment: orRefuse(findPayment),
      findRefund: orRefuse(findRefund),
    }),
  })
  await insertCatalogue(shop.cabinet.database)
  // Nobody asks by themselves in these tests: what is done, a notice did.
  await shop.cabinet.database.sql(
    `insert into payments.policy (name, version, value, valid_from)
     values ('acquirer.pauseSeconds', 2, '3600', '2000-01-01')`,
  )
})

afterAll(() => shop.close())

beforeEach(async () => {
  now = systemClock.now()
  refusal = null
  const number = ++lines
  owner = await insertAccount(shop.cabinet.database, { number })
  line = await insertLine(shop.cabinet.database, { number, ownerId: owner, kopecks: 10_000n })
  token = await shop.cabinet.accountToken(owner)
})

interface Begun {
  readonly id: string
  readonly confirmationUrl: string
  /** The acquirer's own. */
  readonly theirs: StoredPayment
}

async function begin(input: object = {}): Promise<Begun> {
  const whole = { lineId: line, amount: '150.00', returnUrl: RETURN_URL, idempotencyKey: newId(), ...input }
  const { payment } = await shop.send('top-up', { input: whole }, token)
  const confirmationUrl = await shop.confirmationUrl(line, payment.id, token)
  return { id: payment.id, confirmationUrl, theirs: theirsOf(payment.id) }
}

function theirsOf(paymentId: string): StoredPayment {
  const found = [...shop.acquirer.bank.payments.values()].find((one) => one.metadata['payment_id'] === paymentId)
  if (!found) throw new Error('the acquirer has the payment')
  return found
}

/** Sends a notice as the acquirer does. Gives the status of the answer. */
async function notify(event: string, object: object, key = NOTICE_SIGNATURE.key): Promise<number> {
  const body = Buffer.from(JSON.stringify({ type: 'notification', event, object }))
  const { statusCode, body: answer } = await request(`${shop.url}${NOTICE_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [NOTICE_SIGNATURE.header]: signNotice(body, key) },
    body,
  })
  await answer.dump()
  return statusCode
}

const succeeded = ({ id }: StoredPayment) => notify('payment.succeeded', { id, status: 'succeeded' })
const canceled = ({ id }: StoredPayment) => notify('payment.canceled', { id, status: 'canceled' })
const untilWaiting = (count: number) =>
  vi.waitFor(async () => {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    expect(await shop.cabinet.database.sql(waiting)).toHaveLength(count)
  }, PATIENCE)
const statusOf = async (id: string) => (await shop.send('payment', { lineId: line, id }, token)).status
const posted = async () => (await shop.balance(line)).posted

describe('a notice of the acquirer', () => {
  it('credits once, however often and at once it comes', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl)
    expect(await statusOf(id)).toBe('PENDING')
    const answers = await Promise.all(Array.from({ length: 50 }, () => succeeded(theirs)))
    expect(new Set(answers)).toEqual(new Set([200]))
    expect(await statusOf(id)).toBe('SUCCEEDED')
    expect(await posted()).toBe(25_000)
    const { database } = shop.cabinet
    const source = 'select count(*)::int from payments.ledger_transaction where line_id = $1 and source_key = $2'
    expect(await database.sql(source, [line, `acquirer:${theirs.id}`])).toEqual([{ count: 1 }])
  })

  it('that lies of a success credits nothing, and one that lies of a refusal takes nothing', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    expect(await succeeded(theirs)).toBe(200)
    expect([await statusOf(id), await posted()]).toEqual(['PENDING', 10_000])
    await payOnPage(confirmationUrl)
    expect(await canceled(theirs)).toBe(200)
    expect([await statusOf(id), await posted()]).toEqual(['SUCCEEDED', 25_000])
  })

  it('that is signed by nobody is not read, and one about nothing changes nothing', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl)
    expect(await notify('payment.succeeded', { id: theirs.id }, 'another key')).toBe(403)
    expect(await statusOf(id)).toBe('PENDING')
    for (const none of [newId(), '../refunds', "x' or 1=1"]) {
      expect(await notify('payment.succeeded', { id: none })).toBe(200)
    }
    expect(await posted()).toBe(10_000)
  })

  it('comes in any order: a success before the waiting, and again after it', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl)
    await succeeded(theirs)
    expect(await notify('payment.waiting_for_capture', { id: theirs.id })).toBe(200)
    await succeeded(theirs)
    expect([await statusOf(id), await posted()]).toEqual(['SUCCEEDED', 25_000])
  })

  it('that is late still counts: the customer was told that the time is over, and the money comes', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await shop.cabinet.database.sql(
      `update payments.payment set status = 'FAILED', failure = 'EXPIRED', ended_at = now() where id = $1`,
      [id],
    )
    now = new Date(now.getTime() + 48 * HOUR_MS)
    token = await shop.cabinet.accountToken(owner)
    await payOnPage(confirmationUrl)
    await succeeded(theirs)
    expect([await statusOf(id), await posted()]).toEqual(['SUCCEEDED', 25_000])
  })

  it('of a success after a failure credits: the acquirer’s last word counts', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl, 'general_decline')
    await canceled(theirs)
    expect(await statusOf(id)).toBe('FAILED')
    Object.assign(theirs, { status: 'succeeded', captured: theirs.amount, capturedAt: now.toISOString() })
    await succeeded(theirs)
    expect([await statusOf(id), await posted()]).toEqual(['SUCCEEDED', 25_000])
  })

  it('of another amount or currency, or about another’s payment, moves no money', async () => {
    const first = await begin()
    await payOnPage(first.confirmationUrl)
    for (const other of [{ captured: 1_500_000 }, { captured: 15_000, currency: 'AMD' }]) {
      Object.assign(first.theirs, other)
      expect(await succeeded(first.theirs)).toBe(200)
      expect([await statusOf(first.id), await posted()]).toEqual(['PENDING', 10_000])
    }
    // A second payment of theirs that names one of ours that has its own.
    const second = await begin()
    await payOnPage(second.confirmationUrl)
    await succeeded(second.theirs)
    const double: StoredPayment = { ...second.theirs, id: newId() }
    shop.acquirer.bank.payments.set(double.id, double)
    expect(await succeeded(double)).toBe(200)
    expect(await posted()).toBe(25_000)
  })

  it.each([
    { brand: '' },
    { brand: 'Mir\0' },
    { expiryMonth: '13' },
    { expiryMonth: '00' },
    { expiryYear: '0000' },
    { first6: '22002' },
    { last4: '' },
  ])('of a card that reads %j credits: the card is not kept, and the money counts', async (oddity) => {
    const { id, confirmationUrl, theirs } = await begin({ isCardSaved: true })
    await payOnPage(confirmationUrl)
    const { methods } = shop.acquirer.bank
    const method = methods.get(theirs.methodId ?? '')
    if (method) methods.set(method.id, { ...method, ...oddity })
    expect(await succeeded(theirs)).toBe(200)
    expect([await statusOf(id), await posted()]).toEqual(['SUCCEEDED', 25_000])
    expect(await shop.send('cards', {}, token)).toEqual([])
  })

  it('is asked for again while the acquirer cannot be asked', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl)
    shop.acquirer.bank.payments.set(theirs.id, { ...theirs, createdAt: 'yesterday' })
    expect(await succeeded(theirs)).toBe(503)
    shop.acquirer.bank.payments.set(theirs.id, theirs)
    expect(await succeeded(theirs)).toBe(200)
    expect(await statusOf(id)).toBe('SUCCEEDED')
  })

  it.each(['INVALID_CREDENTIALS', 'FORBIDDEN', 'INVALID_REQUEST', 'OTHER'] as const)(
    'is asked for again when the acquirer refuses the question with %s',
    async (code) => {
      const { id, confirmationUrl, theirs } = await begin()
      await payOnPage(confirmationUrl)
      refusal = code
      expect(await succeeded(theirs)).toBe(503)
      expect(await notify('refund.succeeded', { id: newId(), payment_id: theirs.id })).toBe(503)
      expect(await statusOf(id)).toBe('PENDING')
      refusal = null
      expect(await succeeded(theirs)).toBe(200)
      expect(await statusOf(id)).toBe('SUCCEEDED')
    },
  )

  it('of a refund takes what was set aside, once, and only when it is true', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl)
    await succeeded(theirs)
    const supervisor = await shop.cabinet.staffToken('supervisor')
    const input = { lineId: line, paymentId: id, amount: '50.13', idempotencyKey: newId() }
    const { refund } = await shop.send('refund-payment', { input }, supervisor)
    expect(refund).toMatchObject({ status: 'PENDING' })
    const tell = (refundId: string) => notify('refund.succeeded', { id: refundId, payment_id: theirs.id })
    // The acquirer has no such refund.
    expect(await tell(newId())).toBe(200)
    expect(await shop.balance(line)).toEqual({ posted: 25_000, reserved: 5_013 })
    const [made] = [...shop.acquirer.bank.refunds.values()].filter(({ paymentId }) => paymentId === theirs.id)
    const told = () => tell(made?.id ?? '')
    await Promise.all([told(), told(), told()])
    expect(await shop.balance(line)).toEqual({ posted: 19_987, reserved: 0 })
    expect(await told()).toBe(200)
    expect(await shop.balance(line)).toEqual({ posted: 19_987, reserved: 0 })
  })

  it('waits for a refund of its payment, or is waited for: never in a circle', async () => {
    const { id, confirmationUrl, theirs } = await begin()
    await payOnPage(confirmationUrl)
    await succeeded(theirs)
    const supervisor = await shop.cabinet.staffToken('supervisor')
    const gate = createPool({ url: shop.cabinet.database.adminUrl, poolSizeMax: 1, logger: silentLogger })
    const lock = await gate.connect()
    await lock.query('begin')
    await lock.query('select from payments.ledger_balance where line_id = $1 for update', [line])
    // The notice has no more than the balance to wait for when the refund begins.
    const told = succeeded(theirs)
    await untilWaiting(1)
    const input = { lineId: line, paymentId: id, amount: '50.00', idempotencyKey: newId() }
    const refunded = shop.send('refund-payment', { input }, supervisor)
    await untilWaiting(2)
    await lock.query('commit')
    lock.release()
    await gate.end()
    expect([await told, (await refunded).refund.status]).toEqual([200, 'SUCCEEDED'])
    expect(await shop.balance(line)).toEqual({ posted: 20_000, reserved: 0 })
  })

  it('among hundreds, of many payments, duplicated and out of order: each credited once', {
    timeout: 120_000,
  }, async () => {
    await shop.cabinet.database.sql(
      `insert into payments.policy (name, version, value, valid_from) values
         ('topUp.dayCountMax', 2, '1000', '2000-01-01'), ('topUp.dayKopecksMax', 2, '100000000', '2000-01-01')`,
    )
    now = new Date(now.getTime() + 2_000)
    const begun = await Promise.all(Array.from({ length: 40 }, () => begin()))
    await Promise.all(
      begun.map(({ confirmationUrl }, index) =>
        payOnPage(confirmationUrl, index % 4 === 0 ? 'card_expired' : 'success'),
      ),
    )
    const notices = begun.flatMap(({ theirs }) =>
      [succeeded, canceled, succeeded, succeeded, canceled].map((send) => ({ send, theirs })),
    )
    // The same disorder at each run.
    const order = notices.map((notice, index) => ({ notice, place: (index * 7_919) % notices.length }))
    order.sort((a, b) => a.place - b.place)
    await Promise.all(order.map(({ notice }) => notice.send(notice.theirs)))
    expect(await posted()).toBe(10_000 + 30 * 15_000)
    await vi.waitFor(async () => {
      const rows = await shop.cabinet.database.sql(
        'select status, count(*)::int from payments.payment where line_id = $1 group by status order by status',
        [line],
      )
      expect(rows).toEqual([
        { status: 'FAILED', count: 10 },
        { status: 'SUCCEEDED', count: 30 },
      ])
    }, PATIENCE)
  })
})
