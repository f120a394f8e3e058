import fastify from 'fastify'
import type { Clock } from '../../../platform/clock.ts'
import type { NewId } from '../../../platform/ids.ts'
import { serveApi } from './api.ts'
import { type Bank, createBank, type StoredRefund } from './bank.ts'
import { loadBank, saveBank } from './bank-file.ts'
import { createNotices, type NoticesOptions } from './notices.ts'
import { paymentOf, refundOf } from './objects.ts'
import { approve, endRefund, type NoticeEvent, type OperationsDependencies } from './operations.ts'
import { servePages } from './page-routes.ts'

export interface AcquirerStandInOptions {
  readonly shopId: string
  readonly secretKey: string
  readonly clock: Clock
  readonly newId: NewId
  /** 0 takes any port that is free; another is a wish. */
  readonly port?: number
  /** Where it keeps what it knows; nowhere if left out. */
  readonly file?: string
  readonly notices: Pick<NoticesOptions, 'url' | 'signature' | 'times' | 'pausesMs'>
  /** Between the customer's way back and the money of a slow payment, and before a slow refund ends. */
  readonly slowMs?: number
  /** How long an answer that does not come is not coming. */
  readonly silenceMs?: number
}

/** An acquirer to develop against: YooKassa's API v3, and pages on which people pay with cards that do not exist. */
export interface AcquirerStandIn {
  /** The base of the API. */
  readonly apiUrl: string
  /** Where the pages are. */
  readonly url: string
  /** What it knows, for tests. */
  readonly bank: Bank
  /** Sends a notice of how things stand, once more or for the first time. */
  notify(event: NoticeEvent, id: string): void
  /** Ends a refund that waits, now. */
  endRefund(id: string): void
  /** When all notices are taken, or given up. */
  settled(): Promise<void>
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const SLOW_MS = 15_000
const SILENCE_MS = 60_000

export async function startAcquirerStandIn(options: AcquirerStandInOptions): Promise<AcquirerStandIn> {
  const { clock, newId, file, port = 0, slowMs = SLOW_MS, silenceMs = SILENCE_MS } = options
  const bank = file === undefined ? createBank() : loadBank(file)
  let url = ''
  const notices = createNotices({
    ...options.notices,
    objectOf: (event, id) => objectOf(bank, event, id, url),
  })
  const operations: OperationsDependencies = { bank, clock, newId, onChange: (event, id) => notices.send(event, id) }
  const endLater = (refund: StoredRefund) => {
    setTimeout(() => {
      endRefund(operations, refund)
      if (file !== undefined) saveBank(file, bank)
    }, slowMs).unref()
  }
  // What waited when it was last at work.
  for (const refund of bank.refunds.values()) if (refund.status === 'pending') endLater(refund)
  const http = fastify({ forceCloseConnections: true })
  serveApi(http, {
    ...operations,
    shopId: options.shopId,
    secretKey: options.secretKey,
    url: () => url,
    silenceMs,
    endLater,
  })
  servePages(http, {
    ...operations,
    slowMs,
    approveSilently: (payment, method) => approve({ ...operations, onChange: () => undefined }, payment, method),
  })
  if (file !== undefined) http.addHook('onResponse', async ({ method }) => method === 'POST' && saveBank(file, bank))
  url = await http.listen({ host: HOST, port }).catch(() => http.listen({ host: HOST, port: 0 }))
  return {
    apiUrl: `${url}/v3`,
    url,
    bank,
    notify: (event, id) => notices.send(event, id),
    endRefund(id) {
      const refund = bank.refunds.get(id)
      if (refund) endRefund(operations, refund)
    },
    settled: () => notices.settled(),
    async close() {
      await notices.close()
      await http.close()
      if (file !== undefined) saveBank(file, bank)
    },
  }
}

function objectOf(bank: Bank, event: NoticeEvent, id: string, url: string): object {
  const [payment, refund] = [bank.payments.get(id), bank.refunds.get(id)]
  if (payment) return paymentOf(bank, payment, url)
  if (refund) return refundOf(refund)
  throw new Error(`there is nothing of the id ${id} to tell of ${event}`)
}
