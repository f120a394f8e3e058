import { sql } from 'kysely'
import { passTime } from './expire.ts'
import type { Draw } from './operation.ts'
import { OPERATIONS } from './operations.ts'
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
}

/** As a line is opened: what has no book cannot be locked. */
async function openBooks({ db, lines }: World): Promise<void> {
  await db
    .insertInto('ledger_balance')
    .values(lines.map(({ id }) => ({ line_id: id, unit: 'KOPECK' as const })))
    .execute()
}

const HOUR_MS = 3_600_000

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

/** When nothing is under way, the ledger is what the model says. */
async function compare(world: World): Promise<void> {
  const ids = world.lines.map(({ id }) => id)
  const { rows } = await sql<{ line_id: string; posted: bigint; reserved: bigint; keys: string[] }>`
    select line.id as line_id, coalesce(balance.posted, 0)::bigint as posted,
      coalesce(balance.reserved, 0)::bigint as reserved,
      array(select source_key from ledger_transaction as cause where cause.line_id = line.id) as keys
    from unnest(${ids}::uuid[]) as line (id)
    left join ledger_balance as balance on balance.line_id = line.id and balance.unit = 'KOPECK'
  `.execute(world.db)
  for (const { line_id: id, posted, reserved, keys } of rows) {
    const line = world.lines.find((known) => known.id === id)
    world.expect(line?.posted === posted, `line ${id} has ${posted} posted, not ${line?.posted}`)
    world.expect(line?.reserved === reserved, `line ${id} has ${reserved} reserved, not ${line?.reserved}`)
    const told = line ? world.postedKeys(line) : []
    world.expect(
      told.sort().join() === keys.sort().join(),
      `line ${id} has postings that nobody was told of, or lacks some`,
    )
  }
}
