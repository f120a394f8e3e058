import { createHash } from 'node:crypto'
import type { TestDatabase } from '../../../cli/testing/test-database.ts'
import { addDays, createCalendar, type Day } from '../../../platform/calendar.ts'
import type { Deliver } from '../../../platform/events/outbox.ts'
import { deliverSome } from '../../../platform/events/outbox-batch.ts'
import { invariant } from '../../../platform/invariant.ts'
import type { ActionDependencies } from '../actions/actions.ts'
import { receivePoints } from '../actions/bonus/give-points.ts'
import { type ChargeActions, createChargeActions } from '../actions/charges/charge-actions.ts'
import type { LineRange } from '../audit/check.ts'
import { type AuditReport, auditLedger } from '../audit.ts'
import { type CardsInMemory, createCardsInMemory } from './cards-in-memory.ts'
import { type Chance, createChance } from './chance.ts'
import { createNeighboursInTables } from './neighbours-in-tables.ts'
import { createWorker, type Worker } from './worker.ts'

/** A world that goes on by itself: its days pass as fast as the database lets them. */
export interface World {
  readonly database: TestDatabase
  readonly chance: Chance
  readonly cards: CardsInMemory
  readonly worker: Worker
  /** What other parts have lines pay. */
  readonly charges: ChargeActions
  now(): Date
}

/** Somebody or something that does as its chance has it. What it breaks is found by the audit, or by its own check. */
export interface Inhabitant {
  readonly name: string
  /** Before the first day. */
  settle?(world: World): Promise<void>
  /** At each moment of each day, before the round. */
  act?(world: World, day: Day, moment: number): Promise<void>
  /** After the last day. */
  leave?(world: World): Promise<void>
  /** When all have left: what is wrong, in sentences. */
  findProblems?(world: World): Promise<string[]>
}

export interface SimulationOptions {
  readonly database: TestDatabase
  readonly seed: number
  readonly from: Day
  readonly days: number
  readonly inhabitants: readonly Inhabitant[]
  /** The hours of the day, in Moscow, at which the inhabitants act and a round is done. */
  readonly hours?: readonly number[]
  /** Names of rounds that are forgotten: what a test plants. */
  readonly forgets?: readonly string[]
  /** The lines of the simulation, where there are others; all are audited if left out. */
  readonly lines?: LineRange
  /** Told how many days have passed. */
  readonly onDay?: (passed: number) => void
}

export interface SimulationOutcome {
  readonly rounds: number
  readonly audit: AuditReport
  readonly problems: readonly string[]
  /** The same for the same seed: of every entry but the ids that it was given. */
  readonly digest: string
}

const HOURS = [0.1, 10.1, 12.5, 18] as const

/** Lets days pass: deterministic by its seed, whatever the machine does meanwhile. */
export async function simulate(options: SimulationOptions): Promise<SimulationOutcome> {
  const { database, seed, from, days, inhabitants, hours = HOURS, forgets = [], lines, onDay } = options
  const calendar = createCalendar('Europe/Moscow')
  let now = calendar.momentOf(from)
  const clock = { now: () => now }
  const cards = createCardsInMemory()
  const ask = createNeighboursInTables(database)
  const worker = createWorker({ database, clock, savedCards: cards, ask, forgets })
  const charges = createChargeActions(worker.dependencies)
  const world: World = { database, chance: createChance(seed), cards, worker, charges, now: clock.now }
  try {
    for (const inhabitant of inhabitants) await inhabitant.settle?.(world)
    for (let passed = 0; passed < days; passed++) {
      const day = addDays(from, passed)
      for (const [moment, hour] of hours.entries()) {
        now = calendar.momentOf(day, hour)
        for (const inhabitant of inhabitants) await inhabitant.act?.(world, day, moment)
        await worker.round()
        await deliverEvents(worker.dependencies)
      }
      onDay?.(passed + 1)
    }
    for (const inhabitant of inhabitants) await inhabitant.leave?.(world)
    const problems: string[] = []
    for (const { name, findProblems } of inhabitants) {
      problems.push(...((await findProblems?.(world)) ?? []).map((problem) => `${name}: ${problem}`))
    }
    const audit = await auditLedger(worker.dependencies.db, { now, ...(lines && { lines }) })
    return { rounds: days * hours.length, audit, problems, digest: await digestOf(database) }
  } finally {
    await worker.close()
  }
}

/** Brings what was told in the meantime to whoever it is for, until nothing waits. */
async function deliverEvents(dependencies: ActionDependencies): Promise<void> {
  const { db } = dependencies
  for (const [receiver, deliver] of Object.entries(receiversOf(dependencies))) {
    while ((await deliverSome(db, receiver, deliver)) > 0);
  }
}

function receiversOf(dependencies: ActionDependencies): Readonly<Record<'accounts' | 'payments', Deliver>> {
  return {
    accounts: async (event) => invariant(event.kind === 'ActRecorded', 'accounts are told of acts'),
    payments: async (event) => {
      invariant(event.kind === 'BonusPointsGiven', 'of all that payments tell themselves, people here give points')
      await receivePoints(dependencies, event)
    },
  }
}

async function digestOf(database: TestDatabase): Promise<string> {
  const rows = await database.sql<{ entry: string }>(
    `select concat_ws(' ', line_id, unit, sequence, kind, debit_account, credit_account, amount, balance_after, posted_at)
       as entry
     from payments.ledger_entry order by line_id, unit, sequence`,
  )
  return createHash('sha256')
    .update(rows.map(({ entry }) => entry).join('\n'))
    .digest('hex')
}
