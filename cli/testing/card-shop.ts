import { expect, vi } from 'vitest'
import type { Acquirer } from '../../platform/acquirer/acquirer.ts'
import { createYooKassa } from '../../platform/acquirer/yookassa-client.ts'
import { type Clock, systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { readOperations } from '../../schema/operations.ts'
import { type AcquirerStandIn, type AcquirerStandInOptions, startAcquirerStandIn } from '../stand-ins/acquirer/start.ts'
import { openTestCabinet, type TestCabinet, type TestCabinetOptions } from './test-cabinet.ts'

/** A cabinet whose customers pay by card, over the network, at an acquirer that stands in for a real one. */
export interface CardShop {
  readonly cabinet: TestCabinet
  readonly acquirer: AcquirerStandIn
  /** Where the gateway listens. */
  readonly url: string
  /** Sends an operation by the name of its file, and gives the one field that it asks for. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  send(operation: string, variables: object, token?: string): Promise<any>
  /** Where the payer of a payment goes, once the acquirer has said; a machine may be busy. */
  confirmationUrl(lineId: string, paymentId: string, token: string): Promise<string>
  /** In kopecks. */
  balance(lineId: string): Promise<{ readonly posted: number; readonly reserved: number }>
  close(): Promise<void>
}

export const RETURN_URL = 'http://localhost:3000/paid'
export const NOTICE_SIGNATURE = { header: 'x-acquirer-signature', key: 'key-of-notices-in-a-test' }
export const SHOP = { shopId: 'shop', secretKey: 'secret-of-a-test' }
/** Longer than a loaded machine takes, shorter than a test may. */
const ACQUIRER_TIMEOUT_MS = 10_000

export interface CardShopOptions extends TestCabinetOptions {
  readonly acquirerTimeoutMs?: number
  readonly standIn?: Partial<AcquirerStandInOptions>
  /** Puts trouble between the cabinet and the acquirer. */
  readonly wrapAcquirer?: (acquirer: Acquirer) => Acquirer
  /** Leads what the cabinet and the acquirer say to one another by somebody who listens. */
  readonly through?: (url: string) => string
}

const OPERATIONS = readOperations()
const PATIENCE = { timeout: 30_000, interval: 50 }

export async function openCardShop({
  acquirerTimeoutMs,
  standIn,
  through = (to) => to,
  wrapAcquirer = (acquirer) => acquirer,
  ...options
}: CardShopOptions = {}): Promise<CardShop> {
  const clock: Clock = options.clock ?? systemClock
  let url = ''
  const acquirer = await startAcquirerStandIn({
    ...SHOP,
    clock,
    newId: createNewId(systemClock),
    notices: { url: () => through(`${url}/acquirer/notices`), signature: NOTICE_SIGNATURE, pausesMs: [10, 10, 10] },
    slowMs: 10,
    silenceMs: 60_000,
    ...standIn,
  })
  const cabinet = await openTestCabinet({
    jobTiming: { pollSeconds: 0.5, superviseSeconds: 1 },
    // A machine may be busy.
    subgraphTimeoutMs: 30_000,
    ...options,
    cardPayments: {
      acquirer: wrapAcquirer(
        createYooKassa({
          url: through(acquirer.apiUrl),
          ...SHOP,
          logger: watchedLogger,
          timeoutMs: acquirerTimeoutMs ?? ACQUIRER_TIMEOUT_MS,
        }),
      ),
      returnOrigins: ['http://localhost:*'],
      trust: { peers: [], signature: NOTICE_SIGNATURE },
    },
  })
  url = await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })
  const send: CardShop['send'] = async (name, variables, token) => {
    const query = OPERATIONS[`${name}.graphql`] ?? name
    const headers = { 'accept-language': 'en' }
    const { data, errors } = await cabinet.ask({ query, variables: { ...variables }, headers }, token)
    if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`)
    return Object.values(data as object)[0]
  }
  return {
    cabinet,
    acquirer,
    url,
    send,
    confirmationUrl: (lineId, id, token) =>
      vi.waitFor(async () => {
        const { confirmationUrl } = await send('payment', { lineId, id }, token)
        expect(confirmationUrl).toMatch(/^http/)
        return confirmationUrl as string
      }, PATIENCE),
    async balance(lineId) {
      const [row] = await cabinet.database.sql(
        `select posted::int, reserved::int from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
        [lineId],
      )
      return row as { posted: number; reserved: number }
    },
    async close() {
      await acquirer.close()
      await cabinet.close()
    },
  }
}
