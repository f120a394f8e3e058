import { KILL_POINTS, type KillPoint } from '../kill-points.ts'
import { runPayments } from '../killed-payments.ts'
import { type Customer, openCustomers, setPolicies } from './customers.ts'
import { movedBy, prepare, WISH_POLICIES, type Wish } from './door-requests.ts'
import { findDifferences, findHeld, readEffects } from './effects.ts'
import { fillDay } from './full-days.ts'
import { countUnderWay } from './settled.ts'
import { inParallel, noteError, type TortureReport, type TortureWorld } from './torture.ts'

export interface TransferKillsOptions {
  /** The database, as payments' own role reaches it, and as its owner does. */
  readonly databaseUrl: string
  readonly adminUrl: string
  /** How often at each point. */
  readonly rounds: number
  readonly points?: readonly KillPoint[]
}

const MONEY = 100_000n
const KOPECKS = 1_000n
/** New ones for each death; the client asks again for all that were before. */
const TRANSFERS = 3

/**
 * A process of payments dies at every named point of a transfer's way, the next goes on with what it left and dies at the
 * next point, and the last one lives. Then each transfer was made once; in every other round, to a line that may get
 * no more, each has come back once.
 */
export async function tortureTransferKills(world: TortureWorld, options: TransferKillsOptions): Promise<TortureReport> {
  const { rounds, points = KILL_POINTS, adminUrl } = options
  await setPolicies(adminUrl, WISH_POLICIES)
  const problems: string[] = []
  // One process at a time has the events of the database.
  await inParallel({ count: rounds, atOnce: 1, onDone: world.onDone }, async (round) => {
    try {
      problems.push(...(await dieAtEach(world, options, { points, isRefused: round % 2 === 1 })))
    } catch (error) {
      noteError(problems, error)
    }
  })
  const kills = rounds * points.length
  return { name: 'killed transfers', problems, figures: { kills, transfers: kills * TRANSFERS } }
}

async function dieAtEach(
  world: TortureWorld,
  { databaseUrl }: TransferKillsOptions,
  { points, isRefused }: { readonly points: readonly KillPoint[]; readonly isRefused: boolean },
): Promise<string[]> {
  const [from, to] = await openPair(world)
  if (isRefused) await fillDay(world, [to.lineId], WISH_POLICIES['transfer.receivedPerDayKopecks'])
  const lineIds = [from.lineId, to.lineId]
  const problems: string[] = []
  let wishes: Wish[] = []
  for (const killAt of [...points, null]) {
    // What is new comes first, so that it is what the process dies of.
    if (killAt !== null) wishes = [...(await wish(world, from, to)), ...wishes]
    const told = {
      ...{ databaseUrl, killAt, accountId: from.principal.accountId, lineId: from.lineId },
      ...{ lineIdsByPhone: { [to.phone]: to.lineId }, quoteIds: wishes.map(({ id }) => id) },
    }
    const signal = await runPayments(told, () => countUnderWay(world.db, lineIds))
    if (signal !== (killAt && 'SIGKILL')) problems.push(`${killAt ?? 'nowhere'}: the process ended with ${signal}`)
  }
  const expected = new Map(isRefused ? [] : wishes.flatMap(movedBy))
  problems.push(...findDifferences(expected, await readEffects(world.db, lineIds)))
  return [...problems, ...(await findHeld(world.db, lineIds))]
}

async function openPair(world: TortureWorld): Promise<[Customer, Customer]> {
  let made = 0
  const number = () => `+7916000000${++made}`
  const [from, to] = await openCustomers(world, { number }, [MONEY, 1n])
  return [from as Customer, to as Customer]
}

async function wish(world: TortureWorld, from: Customer, to: Customer): Promise<Wish[]> {
  const wishes = Array.from({ length: TRANSFERS }, () => {
    return { kind: 'transfer', id: world.newId(), from, to, amount: KOPECKS } as const
  })
  for (const made of wishes) await prepare(world, made)
  return wishes
}
