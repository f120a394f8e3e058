import { isDatabaseAway } from '../../../../platform/database/is-away.ts'
import { type Move, moveMoney } from '../model/transfer.ts'
import { inParallel, noteError, openLines, postedOf, type TortureReport, type TortureWorld } from './torture.ts'

export interface DoubleSpendOptions {
  readonly rounds: number
  readonly atOnce: number
  readonly random: (below: number) => number
}

const KOPECKS_MAX = 5_000
/** Each waits as long as the pool lets it wait for a connection. */
const TRIES_MAX = 10

/** Round after round, many clients spend one balance at once: as many succeed as it is enough for, and no more. */
export async function tortureDoubleSpend(
  world: TortureWorld,
  { rounds, atOnce, random }: DoubleSpendOptions,
): Promise<TortureReport> {
  const problems: string[] = []
  let askedAgain = 0
  for (let round = 0; round < rounds; round++) {
    const balance = BigInt(1 + random(KOPECKS_MAX))
    const amount = BigInt(1 + random(1 + Math.floor(Number(balance) / 4)))
    const [from = '', to = ''] = await openLines(world, [balance, 1n])
    const enough = balance / amount
    let succeeded = 0n
    await inParallel({ count: atOnce, atOnce }, async () => {
      const move = { key: world.newId(), from: { id: from }, to: { id: to }, amount }
      try {
        if (await spend(world, move, () => askedAgain++)) succeeded++
      } catch (error) {
        noteError(problems, error)
      }
    })
    const expected = enough < BigInt(atOnce) ? enough : BigInt(atOnce)
    const [left = 0n] = await postedOf(world, [from])
    if (succeeded !== expected) problems.push(`${succeeded} of ${expected} spends succeeded`)
    if (left !== balance - expected * amount) problems.push(`${left} is left, not ${balance - expected * amount}`)
    world.onDone?.(round + 1, rounds)
  }
  return { name: 'double spend', problems, figures: { rounds, spends: rounds * atOnce, askedAgain } }
}

/** Asks again under its key when it got no connection in time: on a slow machine hundreds wait for a few. */
async function spend(world: TortureWorld, move: Move, onAgain: () => void): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await world.db.transaction().execute((trx) => moveMoney(trx, world, move))
    } catch (error) {
      if (tries === TRIES_MAX || !isDatabaseAway(error)) throw error
      onAgain()
    }
  }
}
