import { setTimeout as sleep } from 'node:timers/promises'
import { type Customer, openCustomers, setPolicies } from './customers.ts'
import { movedBy, prepare, type Step, stepsOf, WISH_KINDS, WISH_POLICIES, type Wish } from './door-requests.ts'
import { findDifferences, findHeld, readEffects } from './effects.ts'
import { CutError, type PaymentsServer, startPaymentsServer } from './payments-server.ts'
import { send } from './requests.ts'
import { untilSettled } from './settled.ts'
import { noteError, type TortureReport, type TortureWorld } from './torture.ts'

export interface ServerKillsOptions {
  /** The database, as payments' own role reaches it, and as its owner does. */
  readonly databaseUrl: string
  readonly adminUrl: string
  readonly kills: number
  readonly clients: number
  readonly random: (below: number) => number
  readonly kinds?: readonly Wish['kind'][]
  /** Under which id a client asks for the time of this number; a test plants a mistake here. */
  readonly idOf?: (id: string, time: number) => string
}

const LINES = 12
const MONEY = 1_000_000_000n
/** What a transfer is of at least. */
const KOPECKS_MIN = 100
const KOPECKS_MAX = 1_000
const LIFE_MIN_MS = 100
const LIFE_MAX_MS = 1_900
/** Of each client, however soon the kills are over: on a slow machine there would be few. */
const WISHES_MIN = 3
const PATIENCE_MS = 60_000
const RETRY_MS = 50
/** So many answers in a hundred get lost on their way to the client, which then asks once more. */
const ANSWERS_LOST = 20
/** How long a reservation of `requests.ts` is good, and how much of that is left when the torture begins. */
const HOLD_MS = 3_600_000
const HOLD_LEFT_MS = 2_000

/**
 * The process of payments dies at any moment, again and again, while clients ask at its door, and ask again under the
 * same ids. What was acknowledged is there, nothing is there twice, and what nobody ends is free again in time.
 */
export async function tortureServerKills(world: TortureWorld, options: ServerKillsOptions): Promise<TortureReport> {
  await setPolicies(options.adminUrl, WISH_POLICIES)
  const server = await startPaymentsServer({ databaseUrl: options.databaseUrl })
  try {
    const amounts = Array.from({ length: LINES }, () => MONEY)
    const customers = await openCustomers(world, server.neighbours, amounts)
    await leaveHolds(world, customers)
    const clients = new Clients(world, options, { server, customers })
    const working = clients.work()
    const slowestRestartMs = await killAgainAndAgain(world, options, server)
    clients.stop()
    await working
    await untilSettled(
      world.db,
      customers.map(({ lineId }) => lineId),
    )
    const { wishes, problems, interrupted } = clients
    problems.push(...(await findWrongEffects(world, server, { customers, wishes })))
    return {
      name: 'killed server',
      problems,
      figures: { kills: options.kills, wishes: wishes.length, interrupted, slowestRestartMs },
    }
  } finally {
    await server.close()
  }
}

/** Somebody has set money aside on each line, and was gone before it was taken. */
async function leaveHolds(world: TortureWorld, customers: readonly Customer[]): Promise<void> {
  const clock = { now: () => new Date(world.clock.now().getTime() - HOLD_MS + HOLD_LEFT_MS) }
  for (const { lineId } of customers) {
    await send({ ...world, clock }, { kind: 'reserve', lineId, otherLineId: lineId, key: world.newId() })
  }
}

/** How long it took at most until it served again. */
async function killAgainAndAgain(
  { onDone }: TortureWorld,
  { kills, random }: ServerKillsOptions,
  server: PaymentsServer,
): Promise<number> {
  let slowestMs = 0
  for (let killed = 1; killed <= kills; killed++) {
    await sleep(LIFE_MIN_MS + random(LIFE_MAX_MS - LIFE_MIN_MS))
    const startedAt = performance.now()
    await server.killAndRestart()
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    onDone?.(killed, kills)
  }
  return Math.round(slowestMs)
}

/** They want one thing after another, and ask for each until it is done. */
class Clients {
  readonly problems: string[] = []
  /** What was acknowledged, all of it. */
  readonly wishes: Wish[] = []
  interrupted = 0
  #isOver = false
  readonly #world: TortureWorld
  readonly #options: ServerKillsOptions
  readonly #server: PaymentsServer
  readonly #customers: readonly Customer[]

  constructor(
    world: TortureWorld,
    options: ServerKillsOptions,
    { server, customers }: { readonly server: PaymentsServer; readonly customers: readonly Customer[] },
  ) {
    this.#world = world
    this.#options = options
    this.#server = server
    this.#customers = customers
  }

  async work(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.clients }, (_, number) => this.#client(number)))
  }

  stop(): void {
    this.#isOver = true
  }

  async #client(number: number): Promise<void> {
    for (let made = 0; !this.#isOver || made < WISHES_MIN; made++) {
      const wish = this.#wish(number + made)
      try {
        await prepare(this.#world, wish)
        for (const step of stepsOf(wish)) await this.#insist(wish, step)
        this.wishes.push(wish)
      } catch (error) {
        noteError(this.problems, error)
      }
    }
  }

  #wish(number: number): Wish {
    const { random, kinds = WISH_KINDS } = this.#options
    const customer = (index: number) => this.#customers[index % LINES] as Customer
    const from = random(LINES)
    return {
      kind: kinds[number % kinds.length] ?? 'charge',
      id: this.#world.newId(),
      from: customer(from),
      to: customer(from + 1 + random(LINES - 1)),
      amount: BigInt(KOPECKS_MIN + random(KOPECKS_MAX)),
    }
  }

  /** Asks until it is answered; now and then the answer is lost as well, and it asks once more. */
  async #insist({ kind, id }: Wish, { send: ask, success }: Step): Promise<void> {
    const { idOf = (own) => own, random } = this.#options
    let isLost = random(100) < ANSWERS_LOST
    for (let time = 0, endsAt = performance.now() + PATIENCE_MS; ; time++) {
      const answer = await ask(this.#server, idOf(id, time)).then(({ __typename }) => __typename, orCut)
      if (answer === success && !isLost) return
      if (answer === success) isLost = false
      else if (answer === 'cut') this.interrupted++
      else if (answer !== 'OperationInProgressError') throw new Error(`${kind} was answered with ${answer}`)
      if (performance.now() > endsAt) throw new Error(`${kind} was not answered`)
      if (answer !== success) await sleep(RETRY_MS)
    }
  }
}

function orCut(error: unknown): 'cut' {
  if (error instanceof CutError) return 'cut'
  throw error
}

async function findWrongEffects(
  { db }: TortureWorld,
  { neighbours }: PaymentsServer,
  { customers, wishes }: { readonly customers: readonly Customer[]; readonly wishes: readonly Wish[] },
): Promise<string[]> {
  const lineIds = customers.map(({ lineId }) => lineId)
  const expected = new Map(wishes.flatMap(movedBy))
  const untold = wishes.filter(({ kind, id }) => kind === 'transfer' && !neighbours.actsTold.has(id))
  return [
    ...findDifferences(expected, await readEffects(db, lineIds)),
    ...(await findHeld(db, lineIds)),
    ...untold.map(({ id }) => `nobody was told of the transfer ${id}`),
  ]
}
