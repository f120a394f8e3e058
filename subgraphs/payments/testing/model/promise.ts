import { formatKopecks } from '../../../../platform/money.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

const LEAST = 10n
const MOST = 100n
const MOST_ASKED = 120n
const WITHOUT_FEE = 30n
const FEE = 7n
const AVAILABLE_LEAST = -60n

/** A line asks to be promised money: one promise at a time, for a fee where it is not a little. */
export const promise: Operation = {
  name: 'promise',
  run: (world, { line: number, amount: drawn }) =>
    world.request(async (key) => {
      const line = world.line(number)
      const amount = 1n + (drawn % MOST_ASKED)
      line.lent += amount
      const flight = line.begin({ loss: FEE })
      const wish = { lineId: line.id, amount: formatKopecks(amount), idempotencyKey: key }
      const outcome = await world.parts.takePromisedPayment(world.dependencies, wish, world.owner)
      flight.end()
      const isFirst = world.answer(key, outcome.kind) === 'first'
      if (isFirst && !line.isShared) {
        const isDue = line.dueAt === null && amount >= LEAST && amount <= MOST && line.available >= AVAILABLE_LEAST
        world.expect((outcome.kind === 'taken') === isDue, `the promise ${key} of ${amount} is ${outcome.kind}`)
      }
      if (isFirst && outcome.kind === 'taken') noteTaken(world, line, { ...outcome.promise, kopecks: amount })
    }),
}

function noteTaken(
  world: World,
  line: LineModel,
  { id, dueAt, kopecks }: { readonly id: string; readonly dueAt: string; readonly kopecks: bigint },
): void {
  line.promised = kopecks
  line.dueAt = new Date(dueAt)
  if (kopecks > WITHOUT_FEE) world.done(`promised-payment:${id}`, line, { posted: -FEE })
}
