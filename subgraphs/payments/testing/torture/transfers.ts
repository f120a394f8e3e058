import { moveMoney } from '../model/transfer.ts'
import { inParallel, noteError, openLines, postedOf, type TortureReport, type TortureWorld } from './torture.ts'

export interface TransfersOptions {
  readonly transfers: number
  readonly clients: number
  /** Sets of lines, each with a hot one: that has one transfer at a time, and the machine would wait beside a single one. */
  readonly circles: number
  readonly random: (below: number) => number
}

const LINES = 8
const KOPECKS_EACH = 10_000n
const KOPECKS_MAX = 400

/** Transfers among few lines: half of them touch one hot line, the others go round in circles, both ways. */
export async function tortureTransfers(
  world: TortureWorld,
  { transfers, clients, circles, random }: TransfersOptions,
): Promise<TortureReport> {
  const lines = await openLines(
    world,
    Array.from({ length: circles * LINES }, () => KOPECKS_EACH),
  )
  const told = lines.map(() => KOPECKS_EACH)
  const problems: string[] = []
  let moved = 0
  await inParallel({ count: transfers, atOnce: clients, onDone: world.onDone }, async (number) => {
    const first = LINES * random(circles)
    const [from, to] = pair(number, random).map((index) => first + index) as [number, number]
    const amount = BigInt(1 + random(KOPECKS_MAX))
    const move = { key: world.newId(), from: { id: lines[from] ?? '' }, to: { id: lines[to] ?? '' }, amount }
    try {
      if (!(await world.db.transaction().execute((trx) => moveMoney(trx, world, move)))) return
    } catch (error) {
      return noteError(problems, error)
    }
    moved++
    told[from] = (told[from] ?? 0n) - amount
    told[to] = (told[to] ?? 0n) + amount
  })
  const posted = await postedOf(world, lines)
  for (const [index, amount] of posted.entries()) {
    if (amount !== told[index]) problems.push(`line ${index} has ${amount}, and clients were told ${told[index]}`)
    if (amount < 0n) problems.push(`line ${index} has ${amount}`)
  }
  return { name: 'transfers', problems, figures: { transfers, moved, refused: transfers - moved - problems.length } }
}

/** From which line to which. */
function pair(number: number, random: (below: number) => number): [number, number] {
  if (number % 2 === 0) {
    const other = 1 + random(LINES - 1)
    return random(2) === 0 ? [0, other] : [other, 0]
  }
  const from = random(LINES)
  return random(2) === 0 ? [from, (from + 1) % LINES] : [(from + 1) % LINES, from]
}
