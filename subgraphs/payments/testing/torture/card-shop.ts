import { setTimeout as sleep } from 'node:timers/promises'
import type { Bank, StoredPayment } from '../../../../cli/stand-ins/acquirer/bank.ts'
import { startAcquirerStandIn } from '../../../../cli/stand-ins/acquirer/start.ts'
import { systemClock } from '../../../../platform/clock.ts'
import type { Principal } from '../../../../platform/identity/viewer.ts'
import { formatKopecks } from '../../../../platform/money.ts'
import { type Customer, openCustomers, setPolicies } from './customers.ts'
import { createNoticeDoor, type NoticeDoor } from './notice-door.ts'
import { type PaymentsServer, startPaymentsServer } from './payments-server.ts'
import type { TortureWorld } from './torture.ts'

/**
 * Payments in their own process, and the acquirer's stand-in behind its HTTP interface. Real are the door of notices,
 * the client of the acquirer, the settling and the database; only the pages on which people type cards are left out:
 * what becomes of a payment is decided in the stand-in's memory.
 */
export interface CardShop {
  readonly bank: Bank
  readonly customers: readonly Customer[]
  readonly door: NoticeDoor
  /** Begins a top-up as the customer does, and begins it again until it is known where to pay. */
  topUp(customer: Customer, amount: bigint): Promise<TopUp>
  /** Sends the top-up again with its key: payments ask the acquirer themselves. */
  sendAgain(topUp: TopUp): Promise<void>
  /** Gives money back, as staff do; once for each key. */
  refund(topUp: TopUp, amount: bigint, idempotencyKey: string): Promise<string>
  close(): Promise<void>
}

export interface TopUp {
  readonly customer: Customer
  readonly paymentId: string
  readonly amount: bigint
  readonly idempotencyKey: string
  /** The acquirer's own. */
  readonly theirs: StoredPayment
}

export interface CardShopOptions {
  readonly databaseUrl: string
  readonly adminUrl: string
  readonly lines: number
}

const TOP_UP = `mutation ($input: TopUpInput!) {
  topUp(input: $input) { __typename ... on TopUpSuccess { payment { id confirmationUrl } } }
}`
const REFUND = 'mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { __typename } }'
const SUPERVISOR: Principal = { kind: 'staff', staffId: 'torture', sessionId: 'torture', roles: ['supervisor'] }
const RETURN_URL = 'http://localhost:3000/paid'
const SHOP = { shopId: 'shop', secretKey: 'secret-of-a-torture' }
const SIGNATURE = { header: 'x-acquirer-signature', key: 'key-of-the-notices-of-a-torture-of-payments' }
/** The acquirer's own network: the gateway that passes notices on says that they come from there. */
const PEERS = { network: '192.0.2.0/24', address: '192.0.2.10' }
const PATIENCE_MS = 30_000
/** Nobody asks by themselves: what is done, a notice did or a customer. */
const POLICIES = {
  'acquirer.pauseSeconds': 3_600,
  'topUp.dayCountMax': 10_000,
  'topUp.dayKopecksMax': 1_000_000_000,
} as const

export async function openCardShop(world: TortureWorld, options: CardShopOptions): Promise<CardShop> {
  await setPolicies(options.adminUrl, POLICIES)
  const acquirer = await startAcquirerStandIn({
    ...{ ...SHOP, clock: systemClock, newId: world.newId, silenceMs: 50, slowMs: 10 },
    notices: { url: () => null, signature: SIGNATURE },
  })
  const server = await startPaymentsServer({
    databaseUrl: options.databaseUrl,
    variables: {
      ACQUIRER_URL: acquirer.apiUrl,
      ACQUIRER_SHOP_ID: SHOP.shopId,
      ACQUIRER_SECRET_KEY: SHOP.secretKey,
      ACQUIRER_PEERS: PEERS.network,
      ACQUIRER_SIGNATURE_KEY: SIGNATURE.key,
      TRUSTED_PROXIES: '127.0.0.1',
      RETURN_ORIGINS: 'http://localhost:*',
    },
  })
  const amounts = Array.from({ length: options.lines }, () => 1n)
  const customers = await openCustomers(world, server.neighbours, amounts)
  const { bank } = acquirer
  return {
    ...{ bank, customers },
    door: createNoticeDoor(server.http, { signature: SIGNATURE, address: PEERS.address }),
    topUp: (customer, amount) => topUp({ server, bank }, { customer, amount, idempotencyKey: world.newId() }),
    sendAgain: async (known) => void (await sendTopUp(server, known)),
    async refund({ customer: { lineId }, paymentId }, amount, idempotencyKey) {
      const input = { lineId, paymentId, amount: formatKopecks(amount), idempotencyKey }
      return (await server.ask(SUPERVISOR, REFUND, { input })).__typename
    },
    async close() {
      await server.close()
      await acquirer.close()
    },
  }
}

type Wanted = Pick<TopUp, 'customer' | 'amount' | 'idempotencyKey'>

/** Some amounts get no answer of the acquirer, as its stand-in has it: then nobody knows at once where to pay. */
async function topUp(
  { server, bank }: { readonly server: PaymentsServer; readonly bank: Bank },
  wanted: Wanted,
): Promise<TopUp> {
  for (const endsAt = performance.now() + PATIENCE_MS; performance.now() < endsAt; await sleep(100)) {
    const payment = await sendTopUp(server, wanted)
    const theirs = bank.payments.get(payment.confirmationUrl?.split('/').at(-1) ?? '')
    if (theirs) return { ...wanted, paymentId: payment.id, theirs }
  }
  throw new Error('it was never said where to pay')
}

async function sendTopUp(
  server: PaymentsServer,
  { customer: { lineId, principal }, amount, idempotencyKey }: Wanted,
): Promise<{ readonly id: string; readonly confirmationUrl: string | null }> {
  const input = { lineId, amount: formatKopecks(amount), returnUrl: RETURN_URL, idempotencyKey }
  const answer = await server.ask(principal, TOP_UP, { input })
  if (answer.__typename !== 'TopUpSuccess') throw new Error(`a top-up was answered with ${answer.__typename}`)
  return answer['payment'] as { id: string; confirmationUrl: string | null }
}
