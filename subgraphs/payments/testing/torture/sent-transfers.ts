import { setTimeout as sleep } from 'node:timers/promises'
import { formatKopecks } from '../../../../platform/money.ts'
import { type Customer, openCustomers, setPolicies } from './customers.ts'
import { WISH_POLICIES } from './door-requests.ts'
import { findDifferences, findHeld, readEffects } from './effects.ts'
import { fillDay } from './full-days.ts'
import { type Answer, CutError, type PaymentsServer, startPaymentsServer } from './payments-server.ts'
import { untilSettled } from './settled.ts'
import { inParallel, noteError, type TortureReport, type TortureWorld } from './torture.ts'

export interface SentTransfersOptions {
  /** The database, as payments' own role reaches it, and as its owner does. */
  readonly databaseUrl: string
  readonly adminUrl: string
  readonly transfers: number
  readonly clients: number
  /** Sets of lines, each with a hot one, and one that may get no more today: what is sent to it comes back. */
  readonly circles: number
  readonly random: (below: number) => number
}

const LINES = 8
/** Some run out of it: what they want to send is refused. */
const KOPECKS_EACH = 60_000n
const KOPECKS_MIN = 100
const KOPECKS_MAX = 3_000
const FEE = 10n
const POLICIES = { ...WISH_POLICIES, 'transfer.quotesPerDay': 10_000, 'transfer.feeKopecks': Number(FEE) } as const
const PATIENCE_MS = 60_000
const RETRY_MS = 20

/** Under which keys one quote is confirmed, all at once: each number is a key of its own. */
const WAYS: readonly (readonly number[])[] = [[1], [1, 1, 1], [1], [1, 2, 3], [1], [1, 1, 2, 2], [1], []]

const QUOTE = `mutation ($input: QuoteTransferInput!) {
  quoteTransfer(input: $input) { __typename ... on QuoteTransferSuccess { quote { id } } }
}`
const CONFIRM = `mutation ($input: ConfirmTransferInput!) {
  confirmTransfer(input: $input) { __typename ... on ConfirmTransferSuccess { payment { id } } }
}`

/**
 * Transfers as people make them, at the door of payments in a process of its own: asked for, confirmed by one key or by
 * several at once, repeated, set aside, credited by an event and taken or given back by the next. When all have ended,
 * each line has what its clients were told.
 */
export async function tortureSentTransfers(world: TortureWorld, options: SentTransfersOptions): Promise<TortureReport> {
  await setPolicies(options.adminUrl, POLICIES)
  const server = await startPaymentsServer({ databaseUrl: options.databaseUrl })
  try {
    const amounts = Array.from({ length: options.circles * LINES }, () => KOPECKS_EACH)
    const customers = await openCustomers(world, server.neighbours, amounts)
    const full = customers.filter((_, index) => index % LINES === LINES - 1).map(({ lineId }) => lineId)
    await fillDay(world, full, POLICIES['transfer.receivedPerDayKopecks'])
    const senders = new Senders(options, { server, customers, isFull: (lineId) => full.includes(lineId) })
    const { transfers, clients } = options
    await inParallel({ count: transfers, atOnce: clients, onDone: world.onDone }, (number) => senders.send(number))
    const lineIds = customers.map(({ lineId }) => lineId)
    await untilSettled(world.db, lineIds)
    const { problems, told, figures } = senders
    problems.push(...findDifferences(told, await readEffects(world.db, lineIds)))
    problems.push(...(await findHeld(world.db, lineIds)))
    return { name: 'sent transfers', problems, figures: { transfers, ...figures } }
  } finally {
    await server.close()
  }
}

interface Surroundings {
  readonly server: PaymentsServer
  readonly customers: readonly Customer[]
  readonly isFull: (lineId: string) => boolean
}

interface Wish {
  readonly from: Customer
  readonly to: Customer
  readonly amount: bigint
}

/** The clients, and what they were told. */
class Senders {
  readonly problems: string[] = []
  /** What must have moved, by line and cause. */
  readonly told = new Map<string, bigint>()
  readonly figures = { sent: 0, returned: 0, refused: 0, repeated: 0 }
  readonly #options: SentTransfersOptions
  readonly #surroundings: Surroundings

  constructor(options: SentTransfersOptions, surroundings: Surroundings) {
    this.#options = options
    this.#surroundings = surroundings
  }

  async send(number: number): Promise<void> {
    try {
      const wish = this.#wish(number)
      const { from, to, amount } = wish
      const input = { fromLineId: from.lineId, toPhone: to.phone, amount: formatKopecks(amount) }
      const shown = await this.#ask(from, QUOTE, input)
      if (shown.__typename === 'NotEligibleError') this.figures.refused++
      else await this.#confirm(wish, (shown['quote'] as { readonly id: string }).id, WAYS[number % WAYS.length] ?? [])
    } catch (error) {
      noteError(this.problems, error)
    }
  }

  /** Half of them from or to the hot line, the others round in a circle, both ways. */
  #wish(number: number): Wish {
    const { random, circles } = this.#options
    const first = LINES * random(circles)
    const from = number % 2 === 0 ? 0 : random(LINES)
    const other = number % 2 === 0 ? 1 + random(LINES - 1) : (from + 1) % LINES
    const customer = (index: number) => this.#surroundings.customers[first + index] as Customer
    const [payer, receiver] = random(2) === 0 ? [from, other] : [other, from]
    return {
      ...{ from: customer(payer), to: customer(receiver) },
      amount: BigInt(KOPECKS_MIN + random(KOPECKS_MAX - KOPECKS_MIN)),
    }
  }

  /** At once under all keys, and once more under each: one answer a key, and one transfer at most. */
  async #confirm(wish: Wish, quoteId: string, numbers: readonly number[]): Promise<void> {
    const answers = new Map<string, Set<string>>()
    const confirm = async (number: number) => {
      const idempotencyKey = `${quoteId} ${number}`
      const answer = await this.#ask(wish.from, CONFIRM, { quoteId, idempotencyKey })
      answers.set(idempotencyKey, new Set(answers.get(idempotencyKey)).add(JSON.stringify(answer)))
      return answer.__typename
    }
    await Promise.all(numbers.map(confirm))
    const names = await Promise.all([...new Set(numbers)].map(confirm))
    this.figures.repeated += numbers.length + names.length - 1
    const several = [...answers.values()].find(({ size }) => size > 1)
    if (several) this.problems.push(`a key was answered with ${[...several].join(' and ')}`)
    this.#count(wish, quoteId, names)
  }

  #count({ from, to, amount }: Wish, quoteId: string, names: readonly string[]): void {
    const sent = names.filter((name) => name === 'ConfirmTransferSuccess').length
    const refused = names.filter((name) => name === 'NotEligibleError').length
    const known = names.filter((name) => name === 'TransferAlreadyConfirmedError').length
    if (sent > 1 || sent + refused + known !== names.length || (known > 0 && sent === 0)) {
      this.problems.push(`the transfer ${quoteId} was answered with ${names.join()}`)
    }
    if (sent === 0) this.figures.refused += names.length > 0 ? 1 : 0
    else if (this.#surroundings.isFull(to.lineId)) this.figures.returned++
    else {
      this.figures.sent++
      this.told.set(`${from.lineId} transfer:${quoteId}`, -(amount + FEE))
      this.told.set(`${to.lineId} transfer:${quoteId}`, amount)
    }
  }

  /** Asks until it is answered: whoever was cut off, or asks while the same key is worked on, asks again. */
  async #ask({ principal }: Customer, mutation: string, input: object): Promise<Answer> {
    for (const endsAt = performance.now() + PATIENCE_MS; performance.now() < endsAt; await sleep(RETRY_MS)) {
      const answer = await this.#surroundings.server.ask(principal, mutation, { input }).catch(orCut)
      if (answer !== null && answer.__typename !== 'OperationInProgressError') return answer
    }
    throw new Error('a transfer was not answered')
  }
}

function orCut(error: unknown): null {
  if (error instanceof CutError) return null
  throw error
}
