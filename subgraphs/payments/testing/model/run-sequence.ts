import { sql } from 'kysely'
import { earnPointsOf } from './earn-points.ts'
import { passTime } from './expire.ts'
import type { LineModel } from './line-model.ts'
import type { Draw } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import { FEE_PERMILLE, MERCHANT_ID } from './surroundings.ts'
import type { World } from './world.ts'

/** One step of a sequence: which client does what. */
export interface Step extends Draw {
  readonly client: number
  /** By its name. */
  readonly operation: string
}

/** Each client does its steps one after another, all clients at once; then time ends what still waits. */
export async function runSequence(world: World, steps: readonly Step[]): Promise<void> {
  await openBooks(world)
  const clients = Map.groupBy(steps, ({ client }) => client)
  await Promise.all([...clients.values()].map((own) => runClient(world, own)))
  await compare(world)
  await passTime(world, HOUR_MS)
  await compare(world)
  for (const line of world.lines) await earnPointsOf(world, line)
  await passTime(world, 2 * MONTH_MS)
  await compare(world, { isEnd: true })
  await forgetEvents(world)
}

const HOUR_MS = 3_600_000
const MONTH_MS = 31 * 24 * HOUR_MS

/** As a line is opened: what has no book cannot be locked. */
async function openBooks({ db, lines, accountId }: World): Promise<void> {
  const units = ['KOPECK', 'POINT'] as const
  await db
    .insertInto('ledger_balance')
    .values(lines.flatMap(({ id }) => units.map((unit) => ({ line_id: id, unit }))))
    .execute()
  await sql`
    insert into line_access (line_id, account_id, rights, version)
    select id, ${accountId}, 15, 1 from unnest(${lines.map(({ id }) => id)}::uuid[]) as id
  `.execute(db)
  await sql`
    insert into merchant (id, name_ru, name_en, reference_label_ru, reference_label_en, reference_pattern,
      reference_example, amount_min, amount_max, fee_permille)
    values (${MERCHANT_ID}, 'Магазин', 'A shop', 'Счёт', 'Account', '[0-9]', '1', 1, 1000000, ${FEE_PERMILLE})
    on conflict do nothing
  `.execute(db)
}

/** What accounts would be told: there are none. */
async function forgetEvents({ db, accountId }: World): Promise<void> {
  await sql`delete from outbox where payload->>'accountId' = ${accountId}`.execute(db)
}

async function runClient(world: World, steps: readonly Step[]): Promise<void> {
  for (const { operation, ...draw } of steps) {
    try {
      await OPERATIONS.find(({ name }) => name === operation)?.run(world, draw)
    } catch (error) {
      // Clients see answers and refusals: whatever else comes out is a bug, a deadlock too.
      world.problems.push(`${operation} ended with: ${(error as Error).message}`)
    }
  }
}

interface StoredLine {
  readonly line_id: string
  readonly posted: bigint
  readonly reserved: bigint
  readonly debt_limit: bigint
  readonly promised: bigint
  readonly points: bigint
  readonly points_reserved: bigint
  readonly keys: readonly string[]
}

/** When nothing is under way, the ledger is what the model says. */
async function compare(world: World, { isEnd = false } = {}): Promise<void> {
  const ids = world.lines.map(({ id }) => id)
  const { rows } = await sql<StoredLine>`
    select line.id as line_id, money.posted, money.reserved, money.debt_limit, money.promised,
      points.posted as points, points.reserved as points_reserved,
      array(select source_key from ledger_transaction as cause where cause.line_id = line.id) as keys
    from unnest(${ids}::uuid[]) as line (id)
    join ledger_balance as money on money.line_id = line.id and money.unit = 'KOPECK'
    join ledger_balance as points on points.line_id = line.id and points.unit = 'POINT'
  `.execute(world.db)
  for (const row of rows) {
    const line = world.lines.find(({ id }) => id === row.line_id)
    if (line) compareLine(world, line, row)
    const isOver = !isEnd || (row.promised === 0n && row.points === 0n)
    world.expect(isOver, `line ${row.line_id} is promised ${row.promised} and has ${row.points} points for ever`)
  }
}

/** Of these nobody is told by name: there are as many as their sums say. */
const UNTOLD = /^(bonus-earned|bonus-expired|gift):/

function compareLine(world: World, line: LineModel, stored: StoredLine): void {
  const known = { ...line, ...(line.isShared && { debtLimit: stored.debt_limit, promised: stored.promised }) }
  const compared: Readonly<Record<string, readonly [bigint, bigint]>> = {
    posted: [stored.posted, known.posted],
    reserved: [stored.reserved, known.reserved],
    'as a debt': [stored.debt_limit, known.debtLimit],
    promised: [stored.promised, known.promised],
    points: [stored.points, line.points.isBlurred ? stored.points : line.points.posted],
    'points reserved': [stored.points_reserved, line.points.reserved],
  }
  for (const [what, [has, should]] of Object.entries(compared)) {
    world.expect(has === should, `line ${line.id} has ${has} ${what}, not ${should}`)
  }
  const told = [...world.postedKeys(line), ...world.postedKeys(line.points)]
  const keys = stored.keys.filter((key) => !UNTOLD.test(key))
  world.expect(
    told.sort().join() === keys.sort().join(),
    `line ${line.id} has postings that nobody was told of, or lacks some`,
  )
}
