import { vi } from 'vitest'
import { DEMO_MERCHANTS } from '../../../cli/demo/merchants.ts'
import { withLoaders } from '../../../cli/import/loaders.ts'
import { insertAccount, insertCatalogue, insertLine, lineId, phone } from '../../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet, type TestCabinetOptions } from '../../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../../platform/clock.ts'
import { createNewId } from '../../../platform/ids.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { readOperations } from '../../../schema/operations.ts'

const operations = readOperations()

/** Noon in Moscow, in the middle of a month. */
export const NOON = new Date('2026-11-18T09:00:00Z')

export interface TestLine {
  readonly id: string
  readonly phone: string
  readonly ownerId: string
}

/** A cabinet with a clock that tests set, and lines whose money moves. */
export interface MoneyWorld {
  readonly cabinet: TestCabinet
  readonly clock: { now: Date }
  /** A new line of a new account. */
  line(kopecks: bigint, ownerId?: string, points?: bigint): Promise<TestLine>
  /** Runs a registered operation and gives what is under its only root field. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  run(operation: string, variables: Readonly<Record<string, unknown>>, token: string): Promise<any>
  tokenOf(line: TestLine): Promise<string>
  /** What an account is told of in its cabinet, in the order of the alphabet, once every event has had its effect. */
  told(line: TestLine, language?: string): Promise<string[]>
  /** Puts merchants into the catalogue, who can be paid. */
  loadMerchants(): Promise<void>
  /** Posted and reserved kopecks. */
  money(line: TestLine): Promise<[bigint, bigint]>
  /** Resolves when every event is delivered and has had its effect. */
  settled(): Promise<void>
  sql: TestCabinet['database']['sql']
  close(): Promise<void>
}

export interface QuoteToMake {
  readonly from: TestLine
  readonly to: TestLine
  readonly kopecks: bigint
  readonly count: number
  readonly at: Date
}

/** Transfers as they were shown to the owner of the line that pays, at once instead of by as many questions. */
export async function insertQuotes(
  { sql }: Pick<TestCabinet['database'], 'sql'>,
  { from, to, kopecks, count, at }: QuoteToMake,
): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    `insert into payments.transfer_quote
       (account_id, id, acting_account_id, line_id, to_phone, to_line_id, amount, fee, fee_version, quoted_at, valid_until)
     select $1, gen_random_uuid(), $1, $2, $3, $4, $5, 700, 1, $6::timestamptz, $6::timestamptz + interval '5 minutes'
     from generate_series(1, $7::int)
     returning id`,
    [from.ownerId, from.id, to.phone, to.id, kopecks, at, count],
  )
  return rows.map(({ id }) => id)
}

export async function openMoneyWorld(options: TestCabinetOptions = {}): Promise<MoneyWorld> {
  const clock = { now: NOON }
  const cabinet = await openTestCabinet({ clock: { now: () => clock.now }, ...options })
  const { database } = cabinet
  await insertCatalogue(database)
  let made = 0

  const world: MoneyWorld = {
    cabinet,
    clock,
    sql: database.sql,
    async line(kopecks, ownerId, points = 0n) {
      const number = ++made
      const owner = ownerId ?? (await insertAccount(database, { number }))
      await insertLine(database, { number, ownerId: owner, kopecks, points, optionCount: 0 })
      return { id: lineId(number), phone: phone(number), ownerId: owner }
    },
    async run(operation, variables, token) {
      const query = operations[`${operation}.graphql`] ?? ''
      const { data, errors } = await cabinet.ask({ query, variables, headers: { 'accept-language': 'en' } }, token)
      if (errors) throw new Error(JSON.stringify(errors))
      return Object.values(data)[0]
    },
    tokenOf: ({ ownerId }) => cabinet.accountToken(ownerId),
    async told(line, language = 'en') {
      await world.settled()
      await database.sql('update accounts.account set language = $2 where id = $1', [line.ownerId, language])
      const { notices } = await world.run('notices', {}, await world.tokenOf(line))
      return notices.nodes.map(({ text }: { text: string }) => text).toSorted()
    },
    async loadMerchants() {
      const options = { databases: database.urls, clock: systemClock, newId: createNewId(systemClock) }
      await withLoaders({ ...options, logger: silentLogger }, ({ payments }) => payments.loadMerchants(DEMO_MERCHANTS))
    },
    async money({ id }) {
      const [row] = await database.sql<{ posted: bigint; reserved: bigint }>(
        `select posted, reserved from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
        [id],
      )
      return [BigInt(row?.posted ?? 0), BigInt(row?.reserved ?? 0)]
    },
    async settled() {
      await vi.waitFor(
        async () => {
          const [left] = await database.sql<{ count: number }>(`
            select ((select count(*) from payments.outbox)
              + (select count(*) from payments.payment where status = 'PENDING'))::int as count
          `)
          if (left?.count !== 0) throw new Error(`${left?.count} are under way`)
        },
        { timeout: 45_000, interval: 50 },
      )
    },
    close: () => cabinet.close(),
  }
  return world
}
