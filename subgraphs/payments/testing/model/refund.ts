import { formatKopecks } from '../../../../platform/money.ts'
import type { Operation } from './operation.ts'
import { STAFF } from './surroundings.ts'
import type { PaidModel, World } from './world.ts'

/** Staff give a part of a top-up back to its card, as far as it is still there. The acquirer may refuse. */
export const refund: Operation = {
  name: 'refund',
  run: async (world, { pick, amount: drawn }) => {
    const paid = world.paid[pick % world.paid.length]
    if (!paid) return
    // A little more than was paid, sometimes.
    const amount = 1n + (drawn % (paid.amount + 10n))
    await world.request((key) => refundOnce(world, { key, paid, amount }))
  },
}

interface Refund {
  readonly key: string
  readonly paid: PaidModel
  readonly amount: bigint
}

async function refundOnce(world: World, { key, paid, amount }: Refund): Promise<void> {
  const { line, paymentId } = paid
  const flight = line.begin({ loss: amount })
  const wish = { lineId: line.id, paymentId, amount: formatKopecks(amount), idempotencyKey: key }
  const outcome = await world.parts.refundPayment(world.dependencies, wish, STAFF)
  flight.end()
  if (world.answer(key, outcome.kind) !== 'first') return
  const isDue = amount <= paid.left && amount <= line.available
  world.expect(line.isShared || (outcome.kind === 'begun') === isDue, `the refund ${key} is ${outcome.kind}`)
  if (outcome.kind !== 'begun') return
  world.expect(amount <= paid.amount && amount <= flight.high, `the refund ${key} is of more than there can have been`)
  // The acquirer gives even amounts back.
  if (amount % 2n !== 0n) return
  world.done(`card-refund:${outcome.refund.id}`, line, { posted: -amount })
  paid.left -= amount
  world.expect(paid.left >= 0n, `more of ${paymentId} has gone back than was paid`)
}
