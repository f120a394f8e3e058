import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { type AcquirerNotice, NOTICE_PATH, type NoticeTrust, serveNotices } from './notice-route.ts'
import { signNotice } from './notice-signature.ts'

const SIGNATURE = { header: 'x-acquirer-signature', key: 'key-of-a-test' }
const PAYMENT = { type: 'notification', event: 'payment.succeeded', object: { id: 'p1', status: 'succeeded' } }

interface Sent {
  readonly body?: unknown
  readonly from?: string
  readonly signature?: string
}

/** Sends a notice to an endpoint that trusts so. Gives the status, and what was taken. */
async function send(
  trust: Partial<NoticeTrust>,
  { body = PAYMENT, from = '127.0.0.1', signature }: Sent = {},
  isTaken = true,
) {
  const http = fastify()
  const taken: AcquirerNotice[] = []
  serveNotices(http, {
    peers: [],
    signature: null,
    ...trust,
    take: async (notice) => {
      taken.push(notice)
      return isTaken
    },
  })
  const response = await http.inject({
    method: 'POST',
    url: NOTICE_PATH,
    remoteAddress: from,
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { [SIGNATURE.header]: signature }),
    },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.statusCode, taken }
}

const sign = (body: unknown) => signNotice(Buffer.from(JSON.stringify(body)), SIGNATURE.key)

describe('the endpoint of notices', () => {
  it('is not there while it is not known whom to believe', async () => {
    expect(await send({})).toEqual({ status: 404, taken: [] })
  })

  it('reads only what comes from the acquirer’s networks', async () => {
    const trust = { peers: ['185.71.76.0/27', '2a02:5180::/32'] }
    expect(await send(trust, { from: '185.71.76.31' })).toMatchObject({ status: 200, taken: [{ id: 'p1' }] })
    expect(await send(trust, { from: '2a02:5180::1' })).toMatchObject({ status: 200 })
    expect(await send(trust, { from: '185.71.76.32' })).toEqual({ status: 403, taken: [] })
  })

  it('reads only what is signed, where the acquirer signs', async () => {
    const trust = { signature: SIGNATURE }
    expect(await send(trust, { signature: sign(PAYMENT) })).toMatchObject({ status: 200, taken: [{ id: 'p1' }] })
    for (const signature of ['', 'f'.repeat(64), sign({ ...PAYMENT, event: 'payment.canceled' })]) {
      expect(await send(trust, { signature })).toEqual({ status: 403, taken: [] })
    }
    expect(await send(trust)).toEqual({ status: 403, taken: [] })
  })

  it('wants both where both are configured', async () => {
    const trust = { signature: SIGNATURE, peers: ['10.0.0.1'] }
    expect(await send(trust, { signature: sign(PAYMENT) })).toEqual({ status: 403, taken: [] })
    expect(await send(trust, { from: '10.0.0.1' })).toEqual({ status: 403, taken: [] })
    expect(await send(trust, { from: '10.0.0.1', signature: sign(PAYMENT) })).toMatchObject({ status: 200 })
  })

  it('takes of a notice nothing but what it is about', async () => {
    const trust = { peers: ['127.0.0.1'] }
    const refund = { type: 'notification', event: 'refund.succeeded', object: { id: 'r1', payment_id: 'p1' } }
    expect((await send(trust)).taken).toEqual([{ kind: 'PAYMENT', id: 'p1' }])
    expect((await send(trust, { body: refund })).taken).toEqual([{ kind: 'REFUND', id: 'r1', paymentId: 'p1' }])
    expect(await send(trust, { body: { ...refund, event: 'payout.succeeded' } })).toEqual({ status: 200, taken: [] })
  })

  it('refuses what cannot be read', async () => {
    const long = { ...PAYMENT, object: { id: 'x'.repeat(51) } }
    for (const body of ['{', '[]', '{}', { ...PAYMENT, object: {} }, long, { ...PAYMENT, event: 'refund.succeeded' }]) {
      expect(await send({ peers: ['127.0.0.1'] }, { body })).toEqual({ status: 400, taken: [] })
    }
  })

  it('asks for it again when it could not be checked', async () => {
    expect(await send({ peers: ['127.0.0.1'] }, {}, false)).toMatchObject({ status: 503 })
  })
})
