import type { TestDatabase } from '../../../cli/testing/test-database.ts'
import type { Clock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createReader } from '../../../platform/database/reader.ts'
import { createNewId, type NewId } from '../../../platform/ids.ts'
import type { Logger } from '../../../platform/logger.ts'
import { createOsmp } from '../../../platform/merchants/osmp-client.ts'
import { createPolicies } from '../../../platform/policy/policies.ts'
import { systemRandomness } from '../../../platform/random.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { OLD_SIMS } from '../../../platform/testing/old-sims.ts'
import type { ActionDependencies } from '../actions/actions.ts'
import type { SavedCards } from '../actions/auto-payments/saved-cards.ts'
import { doRound } from '../actions/recurring/rounds.ts'
import { upkeepRounds } from '../actions/upkeep.ts'
import { lockBalance, spendable } from '../ledger/balance.ts'
import type { LedgerKind } from '../ledger/kinds.ts'
import { post } from '../ledger/post.ts'
import { give, type Movement, take } from '../ledger/posting.ts'
import { paymentsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'
import { createNeighboursInTables } from './neighbours-in-tables.ts'

/** A process that does rounds and nothing else; a test says when, and what time it is. */
export interface Worker {
  readonly dependencies: ActionDependencies
  /** All that time alone brings about. Gives how much of what comes round there was to look at. */
  round(): Promise<number>
  /** Takes kopecks off a line, as a service would. */
  spend(lineId: string, amount: bigint, kind?: LedgerKind): Promise<void>
  /** Brings kopecks onto it, from elsewhere. */
  topUp(lineId: string, amount: bigint): Promise<void>
  /** What is on the line. */
  posted(lineId: string): Promise<bigint>
  /** What services may take of it. */
  spendable(lineId: string): Promise<bigint>
  close(): Promise<void>
}

export interface WorkerOptions {
  readonly database: TestDatabase
  readonly clock: Clock
  readonly savedCards: SavedCards
  readonly newId?: NewId
  readonly logger?: Logger
  /** Told of every statement after it was done; what it throws is as if the process died there. */
  readonly onStatement?: (sql: string) => void
  /** Who answers for the other subgraphs; their tables if left out. */
  readonly ask?: ActionDependencies['ask']
  /** Names of rounds that this process forgets: what a test plants. */
  readonly forgets?: readonly string[]
}

export function createWorker(options: WorkerOptions): Worker {
  const { database, clock, savedCards, onStatement, forgets = [], logger = watchedLogger } = options
  const connection = { url: database.urls.payments, logger, ...(onStatement && { onStatement }) }
  const db = connectDatabase<Tables>(connection)
  const reader = createReader({ url: database.urls.payments, logger })
  const newId = options.newId ?? createNewId(clock)
  const noneAsks = () => Promise.reject(new Error('rounds ask no other subgraph'))
  const dependencies: ActionDependencies = {
    ...{ db, reader, clock, newId, logger, savedCards },
    random: systemRandomness,
    currencyCode: 'RUB',
    policies: createPolicies({ reader, clock, schema: paymentsPolicies }),
    onEvent: () => undefined,
    jobs: { send: noneAsks, start: () => undefined, stop: async () => undefined },
    ask: options.ask ?? createNeighboursInTables(database),
    simSwap: OLD_SIMS,
    merchants: createOsmp({ endpoints: [] }),
  }

  async function move(lineId: string, kind: LedgerKind, movement: Movement): Promise<void> {
    await db.transaction().execute(async (trx) => {
      await lockBalance(trx, lineId, 'KOPECK')
      const sourceKey = `test:${newId()}`
      await post(trx, dependencies, { lineId, kind, sourceKey, occurredAt: clock.now(), movements: [movement] })
    })
  }

  const upkeep = upkeepRounds(dependencies).filter(({ name }) => !forgets.includes(name))
  const balanceOf = (lineId: string) => db.transaction().execute((trx) => lockBalance(trx, lineId, 'KOPECK'))

  return {
    dependencies,
    async round() {
      const looked = await doRound(dependencies)
      for (const { run } of upkeep) await run()
      return looked
    },
    spend: (lineId, amount, kind = 'SERVICE_CHARGE') => move(lineId, kind, take('KOPECK', 'REVENUE', amount)),
    topUp: (lineId, amount) => move(lineId, 'TOP_UP', give('KOPECK', 'EXTERNAL_TOP_UP', amount)),
    posted: async (lineId) => (await balanceOf(lineId))?.posted ?? 0n,
    async spendable(lineId) {
      const balance = await balanceOf(lineId)
      return balance ? spendable(balance) : 0n
    },
    async close() {
      await reader.close()
      await db.destroy()
    },
  }
}
