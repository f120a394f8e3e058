import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, PDU, type Pdu, type Session } from 'smpp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import type { E164 } from '../phone.ts'
import { systemRandomness } from '../random.ts'
import { plantCanary, watchedLogger } from '../testing/log-watch.ts'
import { createSmppTransport, type SmppTransportOptions } from './smpp-transport.ts'
import type { Receipt, SmsTransport } from './transport.ts'

const PHONE = '+79161234567' as E164
const EXPIRES_AT = new Date('2999-01-01T00:00:00Z')
const OK = 0
const THROTTLED = 0x58
const QUEUE_FULL = 0x14
const BIND_FAILED = 0x0d
const INVALID_DESTINATION = 0x0b
const TRY_AGAIN = 0x64

const message = (text = 'canary-text') => ({ phone: PHONE, text, expiresAt: EXPIRES_AT })

/** What the message centre of a test does with each request; nothing means that it keeps silent. */
type Behaviour = (pdu: Pdu, session: Session) => void

describe('the SMPP transport', { timeout: 20_000 }, () => {
  let behave: Behaviour
  let sessions: Session[]
  let received: Pdu[]
  let receipts: Receipt[]
  let port: number
  let closeServer: () => Promise<void>
  let transport: SmsTransport | undefined

  beforeEach(async () => {
    plantCanary('canary-text')
    plantCanary('canary-password')
    sessions = []
    received = []
    receipts = []
    behave = accept()
    const server = createServer((session) => {
      sessions.push(session)
      session.on('error', () => session.destroy())
      session.on('pdu', (pdu: Pdu) => {
        received.push(pdu)
        if (!pdu.isResponse()) behave(pdu, session)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
    closeServer = async () => {
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  afterEach(async () => {
    await transport?.close()
    transport = undefined
    await closeServer()
  })

  /** Answers everything, submits with ids that count up. */
  function accept(): Behaviour {
    let count = 0
    return (pdu, session) => {
      session.send(pdu.response(pdu.command === 'submit_sm' ? { message_id: `id-${++count}` } : {}))
    }
  }

  const answerSubmitWith =
    (...statuses: number[]): Behaviour =>
    (pdu, session) => {
      const status = pdu.command === 'submit_sm' ? (statuses.shift() ?? OK) : OK
      session.send(pdu.response(status === OK ? { message_id: 'id' } : { command_status: status }))
    }

  async function open(options: Partial<SmppTransportOptions> = {}, onReceipt?: (receipt: Receipt) => Promise<void>) {
    const opened = createSmppTransport({
      account: { host: '127.0.0.1', port, isSecure: false, systemId: 'cabinet', password: 'canary-p' },
      sender: 'Cabinet',
      partsPerSecond: 1_000,
      clock: systemClock,
      random: systemRandomness,
      logger: watchedLogger,
      ...options,
      times: { pauseMinMs: 10, pauseMaxMs: 50, enquireIntervalMs: 60_000, ...options.times },
    })
    transport = opened
    opened.start({
      onCapacity: () => undefined,
      onReceipt: onReceipt ?? (async (receipt) => void receipts.push(receipt)),
    })
    return opened
  }

  async function openBound(...given: Parameters<typeof open>) {
    const opened = await open(...given)
    await vi.waitFor(() => expect(opened.capacity()).toBeGreaterThan(0), PATIENCE)
    return opened
  }

  const PATIENCE = { timeout: 10_000, interval: 5 }
  const submits = () => received.filter(({ command }) => command === 'submit_sm')

  it('binds as a transceiver and sends with a sender, an end and the wish for a receipt', async () => {
    const opened = await openBound()
    expect(await opened.submit(message())).toEqual({ kind: 'accepted', smscIds: ['id-1'] })
    expect(received[0]).toMatchObject({ command: 'bind_transceiver', system_id: 'cabinet', password: 'canary-p' })
    expect(submits()[0]).toMatchObject({
      source_addr: 'Cabinet',
      source_addr_ton: 5,
      destination_addr: PHONE.slice(1),
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      registered_delivery: 1,
      validity_period: new Date('2099-01-01T00:00:00Z'),
    })
  })

  it('sends a long text in parts, one after another, and gives the id of each', async () => {
    const opened = await openBound()
    const outcome = await opened.submit(message('Длинный текст. '.repeat(12)))
    expect(outcome).toEqual({ kind: 'accepted', smscIds: ['id-1', 'id-2', 'id-3'] })
    const texts = submits().map((pdu) => (pdu['short_message'] as { message: string }).message)
    expect(texts.join('')).toBe('Длинный текст. '.repeat(12))
  })

  it.each([THROTTLED, QUEUE_FULL])('stops for a while when it is told to slow down (%i)', async (status) => {
    const opened = await openBound()
    behave = answerSubmitWith(status)
    expect(await opened.submit(message())).toEqual({ kind: 'notWritten' })
    expect(opened.capacity()).toBe(0)
    await vi.waitFor(() => expect(opened.capacity()).toBeGreaterThan(0), PATIENCE)
    expect((await opened.submit(message())).kind).toBe('accepted')
  })

  it('goes on with a long text in the middle of which it was told to slow down', async () => {
    const opened = await openBound()
    behave = answerSubmitWith(OK, THROTTLED, THROTTLED, OK, OK)
    expect((await opened.submit(message('Ж'.repeat(150)))).kind).toBe('accepted')
    expect(submits()).toHaveLength(5)
  })

  it('tells a message that is refused from one that may be there', async () => {
    const opened = await openBound()
    behave = answerSubmitWith(INVALID_DESTINATION)
    expect(await opened.submit(message())).toEqual({ kind: 'refused', status: INVALID_DESTINATION })
    behave = answerSubmitWith(OK, INVALID_DESTINATION)
    expect(await opened.submit(message('Ж'.repeat(100)))).toEqual({ kind: 'unknown' })
  })

  it('does not know of what was written when the connection died, and knows of what was not', async () => {
    const opened = await openBound()
    behave = (pdu, session) => {
      if (pdu.command === 'submit_sm') session.destroy()
      else session.send(pdu.response())
    }
    expect(await opened.submit(message())).toEqual({ kind: 'unknown' })
    await closeServer()
    await vi.waitFor(() => expect(opened.capacity()).toBe(0), PATIENCE)
    expect(await opened.submit(message())).toEqual({ kind: 'notWritten' })
  })

  it('does not wait for an answer for ever', async () => {
    const opened = await openBound({ times: { responseTimeoutMs: 30 } })
    behave = () => undefined
    expect(await opened.submit(message())).toEqual({ kind: 'unknown' })
  })

  it('tries again when the bind is refused, ever more seldom', async () => {
    let refusals = 3
    const binds: number[] = []
    behave = (pdu, session) => {
      if (pdu.command === 'bind_transceiver') binds.push(performance.now())
      session.send(pdu.response(refusals-- > 0 ? { command_status: BIND_FAILED } : {}))
    }
    await openBound()
    expect(binds).toHaveLength(4)
  })

  it.each([
    ['a length that cannot be', Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4])],
    ['a PDU shorter than its head', Buffer.from([0, 0, 0, 9, 0, 0, 0, 5, 1])],
    ['words', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('makes the connection anew after garbage: %s', async (_, garbage) => {
    const opened = await openBound({ times: { enquireIntervalMs: 50, responseTimeoutMs: 50 } })
    sessions[0]?.socket.write(garbage)
    await vi.waitFor(() => expect(sessions.length).toBeGreaterThan(1), PATIENCE)
    await vi.waitFor(async () => expect((await opened.submit(message())).kind).toBe('accepted'), PATIENCE)
  })

  it('answers a request that nobody knows with generic_nack, and stays', async () => {
    const opened = await openBound()
    sessions[0]?.socket.write(Buffer.from([0, 0, 0, 16, 0, 0, 0x77, 0x77, 0, 0, 0, 0, 0, 0, 0, 9]))
    await vi.waitFor(() => expect(received.map(({ command }) => command)).toContain('generic_nack'), PATIENCE)
    expect((await opened.submit(message())).kind).toBe('accepted')
    expect(sessions).toHaveLength(1)
  })

  it('notices that nobody is there any more though the connection stands, and connects again', async () => {
    const opened = await openBound({ times: { enquireIntervalMs: 20, responseTimeoutMs: 50 } })
    behave = () => undefined
    await vi.waitFor(() => expect(sessions.length).toBeGreaterThan(1), PATIENCE)
    behave = accept()
    await vi.waitFor(() => expect(opened.capacity()).toBeGreaterThan(0), PATIENCE)
    expect((await opened.submit(message())).kind).toBe('accepted')
  })

  it('says that it is there when it is asked', async () => {
    await openBound()
    sessions[0]?.send(new PDU('enquire_link'))
    await vi.waitFor(() => expect(received.map(({ command }) => command)).toContain('enquire_link_resp'), PATIENCE)
  })

  it('takes a goodbye and comes back', async () => {
    const opened = await openBound()
    sessions[0]?.send(new PDU('unbind'))
    await vi.waitFor(() => expect(sessions).toHaveLength(2), PATIENCE)
    await vi.waitFor(async () => expect((await opened.submit(message())).kind).toBe('accepted'), PATIENCE)
  })

  const receiptOf = (fields: Record<string, unknown>) => new PDU('deliver_sm', { esm_class: 4, ...fields })
  const byText = (stat: string) => receiptOf({ short_message: { message: `id:abc sub:001 stat:${stat} err:000` } })

  it.each([
    ['in parameters', receiptOf({ receipted_message_id: 'abc', message_state: 2 }), 'DELIVERED'],
    ['in the text', byText('DELIVRD'), 'DELIVERED'],
    ['that it came too late', byText('EXPIRED'), 'EXPIRED'],
    ['that it cannot be delivered', byText('UNDELIV'), 'FAILED'],
    ['that nobody knows', byText('UNKNOWN'), 'UNKNOWN'],
  ])('reads a receipt %s', async (_, pdu, outcome) => {
    await openBound()
    sessions[0]?.send(pdu)
    await vi.waitFor(() => expect(receipts).toEqual([{ smscId: 'abc', outcome }]), PATIENCE)
    await vi.waitFor(() => expect(received.at(-1)?.command).toBe('deliver_sm_resp'), PATIENCE)
    expect(received.at(-1)?.command_status).toBe(OK)
  })

  it('takes what is no receipt, or tells of no end, and lets it go', async () => {
    await openBound()
    const answersTo = async (pdu: Pdu) => {
      const before = received.length
      sessions[0]?.send(pdu)
      await vi.waitFor(() => expect(received.length).toBeGreaterThan(before), PATIENCE)
      return received.at(-1)
    }
    expect(await answersTo(byText('ACCEPTD'))).toMatchObject({ command: 'deliver_sm_resp', command_status: OK })
    const hello = new PDU('deliver_sm', { short_message: { message: 'hello' } })
    expect(await answersTo(hello)).toMatchObject({ command: 'deliver_sm_resp', command_status: OK })
    expect(receipts).toEqual([])
  })

  it('asks for a receipt again that could not be written down', async () => {
    await openBound({}, () => Promise.reject(new Error('the database is away')))
    sessions[0]?.send(byText('DELIVRD'))
    await vi.waitFor(() => expect(received.at(-1)?.command_status).toBe(TRY_AGAIN), PATIENCE)
  })

  it('sends no more parts in a second than it may', async () => {
    const opened = await openBound({ partsPerSecond: 20, windowSize: 1_000 })
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 40 }, () => opened.submit(message())))
    // Twenty at once, and then one each fiftieth of a second: never quicker, however quick the machine.
    expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(submits()).toHaveLength(40)
  })

  it('takes no more at a time than its window', async () => {
    const opened = await openBound({ windowSize: 3 })
    behave = () => undefined
    const sending = [1, 2, 3].map(() => opened.submit(message()))
    expect(opened.capacity()).toBe(0)
    await vi.waitFor(() => expect(submits()).toHaveLength(3), PATIENCE)
    behave = accept()
    sessions[0]?.destroy()
    expect(await Promise.all(sending)).toEqual(sending.map(() => ({ kind: 'unknown' })))
  })

  it('waits for the last answers when it is closed, and says goodbye', async () => {
    const opened = await openBound()
    behave = (pdu, session) => void setTimeout(() => accept()(pdu, session), 50)
    const sending = opened.submit(message())
    await vi.waitFor(() => expect(submits()).toHaveLength(1), PATIENCE)
    await opened.close()
    expect((await sending).kind).toBe('accepted')
    expect(received.at(-1)?.command).toBe('unbind')
    expect(opened.capacity()).toBe(0)
  })
})
