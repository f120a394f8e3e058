import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createOsmp } from './osmp-client.ts'

const PAYMENT = {
  merchantId: 'water',
  transactionId: '12345678901234567890',
  reference: '44-17 Ж',
  amount: 104_50n,
  at: new Date('2026-03-01T21:05:09Z'),
}

describe('a merchant, by the protocol of payment systems', () => {
  let server: Server | undefined
  const asked: { url: string; authorization: string | undefined }[] = []
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
    asked.length = 0
  })

  async function merchant(answer: string | null, status = 200) {
    server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization })
      if (answer !== null) response.writeHead(status, { 'content-type': 'text/xml' }).end(answer)
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pay?shop=7`
    return createOsmp({ endpoints: [{ id: 'water', url, user: 'cabinet', password: 'secret' }], timeoutMs: 300 })
  }
  const result = (code: number | string, id = PAYMENT.transactionId) =>
    `<?xml version="1.0"?><response><osmp_txn_id>${id}</osmp_txn_id><prv_txn>7</prv_txn><result>${code}</result></response>`

  it('is asked with everything that it wants to know, as whom it knows', async () => {
    expect(await (await merchant(result(0))).pay(PAYMENT)).toEqual({ kind: 'done' })
    const [{ url = '', authorization } = {}] = asked
    expect(Object.fromEntries(new URL(url, 'http://merchant').searchParams)).toEqual({
      shop: '7',
      command: 'pay',
      txn_id: PAYMENT.transactionId,
      txn_date: '20260302000509',
      account: PAYMENT.reference,
      sum: '104.50',
    })
    expect(authorization).toBe(`Basic ${Buffer.from('cabinet:secret').toString('base64')}`)
  })

  it.each([
    [4, { kind: 'refused', code: 'REFERENCE_UNKNOWN' }],
    [5, { kind: 'refused', code: 'REFERENCE_UNKNOWN' }],
    [79, { kind: 'refused', code: 'ACCOUNT_INACTIVE' }],
    [242, { kind: 'refused', code: 'AMOUNT_REFUSED' }],
    [300, { kind: 'refused', code: 'PAYMENT_REFUSED' }],
    [1, { kind: 'unknown', cause: 'not-finished' }],
    [90, { kind: 'unknown', cause: 'not-finished' }],
    [777, { kind: 'unknown', cause: 'not-finished' }],
    ['done', { kind: 'unknown', cause: 'unreadable' }],
  ])('that answers %s means %o', async (code, meant) => {
    expect(await (await merchant(result(code))).check(PAYMENT)).toEqual(meant)
  })

  it.each([
    ['of another transaction', result(0, '999'), 200, 'unreadable'],
    ['that is no XML', 'OK', 200, 'unreadable'],
    ['of a page of errors', result(0), 500, 'trouble'],
    ['that goes elsewhere', result(0), 302, 'trouble'],
    ['that never ends', `<response>${'x'.repeat(200_000)}</response>`, 200, 'unreadable'],
    [
      'that declares entities',
      `<!DOCTYPE r [<!ENTITY a "0">]><response><result>&a;</result></response>`,
      200,
      'unreadable',
    ],
    ['that does not come', null, 200, 'timeout'],
  ] as const)('is not believed by an answer %s', async (_, answer, status, cause) => {
    expect(await (await merchant(answer, status)).pay(PAYMENT)).toEqual({ kind: 'unknown', cause })
  })

  it('is not known to have been paid while nobody says where it is', async () => {
    const merchants = createOsmp({ endpoints: [{ id: 'gone', url: 'http://127.0.0.1:9/' }], timeoutMs: 300 })
    expect(await merchants.pay(PAYMENT)).toEqual({ kind: 'unknown', cause: 'not-configured' })
    expect(await merchants.pay({ ...PAYMENT, merchantId: 'gone' })).toMatchObject({ kind: 'unknown' })
  })
})
