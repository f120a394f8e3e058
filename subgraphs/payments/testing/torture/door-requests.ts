import type { Principal } from '../../../../platform/identity/viewer.ts'
import { formatKopecks } from '../../../../platform/money.ts'
import { parseE164 } from '../../../../platform/phone.ts'
import { insertTransferQuote } from '../../store/transfer-quotes.ts'
import type { Customer } from './customers.ts'
import { type Answer, type PaymentsServer, SELLER } from './payments-server.ts'
import type { TortureWorld } from './torture.ts'

/** What clients want of payments, at their door. */
export const WISH_KINDS = ['charge', 'capture', 'transfer', 'release', 'charge', 'transfer'] as const

export interface Wish {
  readonly kind: (typeof WISH_KINDS)[number]
  /** The client's own: the same however often it asks. */
  readonly id: string
  readonly from: Customer
  readonly to: Customer
  readonly amount: bigint
}

/** One request of a wish; to set money aside and to take it are two. */
export interface Step {
  /** Under the wish's id, unless a test plants a mistake. */
  send(server: PaymentsServer, id: string): Promise<Answer>
  /** The answer that a client waits for. */
  readonly success: string
}

const AS_SELLER: Principal = { kind: 'service', name: SELLER }
const REASON = { title: { ru: 'Услуга', en: 'A service' } }
const TRANSFER_FEE = 100n
const HOUR_MS = 3_600_000

/** What a line may send and receive in a day would end a torture early. */
export const WISH_POLICIES = {
  'transfer.sentPerDayKopecks': 100_000_000,
  'transfer.receivedPerDayKopecks': 100_000_000,
} as const

/** The requests of a wish: each is sent until it is done, and only then the next. */
export function stepsOf({ kind, from, amount }: Wish): Step[] {
  const line = { lineId: from.lineId }
  const money = { ...line, amount: formatKopecks(amount), kind: 'SERVICE_CHARGE', reason: REASON }
  const reserve = step(AS_SELLER, 'reserve', (reservationId) => ({ ...money, reservationId }))
  switch (kind) {
    case 'charge':
      return [step(AS_SELLER, 'charge', (chargeId) => ({ ...money, chargeId }))]
    case 'capture':
      return [reserve, step(AS_SELLER, 'capture', (reservationId) => ({ ...line, reservationId }))]
    case 'release':
      return [reserve, step(AS_SELLER, 'release', (reservationId) => ({ ...line, reservationId }))]
    case 'transfer':
      return [step(from.principal, 'confirmTransfer', (id) => ({ quoteId: id, idempotencyKey: id }))]
  }
}

function step(by: Principal, field: string, input: (id: string) => object): Step {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1)}`
  const mutation = `mutation ($input: ${name}Input!) { ${field}(input: $input) { __typename } }`
  return { send: (server, id) => server.ask(by, mutation, { input: input(id) }), success: `${name}Success` }
}

/** A transfer is shown before it is confirmed: under the wish's own id, so that it is its id here too. */
export async function prepare({ db, clock }: TortureWorld, { kind, id, from, to, amount }: Wish): Promise<void> {
  const toPhone = parseE164(to.phone)
  if (kind !== 'transfer' || toPhone === null) return
  const { accountId, personId } = from.principal
  const now = clock.now()
  await db.transaction().execute((trx) =>
    insertTransferQuote(trx, {
      ...{ id, personId, accountId, lineId: from.lineId, toPhone, toLineId: to.lineId, amount },
      ...{ fee: TRANSFER_FEE, feeVersion: 1, quotedAt: now, validUntil: new Date(now.getTime() + HOUR_MS) },
    }),
  )
}

/** What a wish that was fulfilled has moved, by line and cause. */
export function movedBy({ kind, id, from, to, amount }: Wish): [string, bigint][] {
  switch (kind) {
    case 'charge':
      return [[`${from.lineId} charge:${SELLER}:${id}`, -amount]]
    case 'capture':
      return [[`${from.lineId} reservation:${SELLER}:${id}`, -amount]]
    case 'release':
      return []
    case 'transfer':
      return [
        [`${from.lineId} transfer:${id}`, -(amount + TRANSFER_FEE)],
        [`${to.lineId} transfer:${id}`, amount],
      ]
  }
}
