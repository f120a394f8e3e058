import { formatKopecks } from '../../../../platform/money.ts'
import { confirmPurchase } from '../../actions/purchases/confirm-purchase.ts'
import { quotePurchase } from '../../actions/purchases/quote-purchase.ts'
import { NEVER } from '../../ledger/holds.ts'
import type { PurchaseQuote } from '../../store/purchases.ts'
import type { Flight } from './book-model.ts'
import { endHold } from './end-hold.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import { FEE_PERMILLE, MERCHANT_ID } from './surroundings.ts'
import type { World } from './world.ts'

/** Asks what a merchant is paid with, and confirms it: the amount and the fee are set aside. */
export const purchase: Operation = {
  name: 'purchase',
  run: async (world, { line: number, amount }) => {
    const line = world.line(number)
    const cost = amount + (amount * FEE_PERMILLE) / 1_000n
    const flight = line.begin({})
    const quoted = await quotePurchase(
      world.dependencies,
      { lineId: line.id, merchantId: MERCHANT_ID, reference: '1', amount: formatKopecks(amount) },
      world.owner,
    )
    flight.end()
    if (quoted.kind !== 'quoted') {
      const isJustified = quoted.kind === 'notEligible' && cost > flight.low
      world.expect(isJustified, `a purchase of ${cost} is ${quoted.kind} though there was enough`)
      return
    }
    const isRight = line.isShared || quoted.balanceAfter === line.available - cost
    world.expect(isRight, `a purchase of ${cost} would leave ${quoted.balanceAfter} of ${line.available}`)
    await world.request((key) => confirm(world, { key, line, quote: quoted.quote, cost }))
  },
}

interface Confirmation {
  readonly key: string
  readonly line: LineModel
  readonly quote: PurchaseQuote
  readonly cost: bigint
}

async function confirm(world: World, { key, line, quote, cost }: Confirmation): Promise<void> {
  const flight: Flight = line.begin({ loss: cost })
  const wish = { quoteId: quote.id, idempotencyKey: key }
  const { kind } = await confirmPurchase(world.dependencies, wish, world.owner)
  flight.end()
  if (world.answer(key, kind) !== 'first') return
  if (kind !== 'begun') {
    world.expect(kind === 'notEligible' && cost > flight.low, `the purchase ${key} is ${kind} though there was enough`)
    return
  }
  world.expect(cost <= flight.high, `the purchase ${key} has more than there can have been`)
  world.done(`!hold:${key}`, line, { reserved: cost })
  const sourceKey = `purchase:${quote.id}`
  const held = { key, sourceKey, line, book: line, amount: cost, expiresAt: NEVER, isWaiting: true, ending: 0, quote }
  world.held.push(held)
}

/** The merchant says how one ended: it was paid, or it will not be. */
export const endPurchase: Operation = {
  name: 'endPurchase',
  run: (world, { pick, amount }) =>
    endHold(world, { heldFor: 'merchants', pick }, async ({ quote, amount: cost }) => {
      if (!quote) return { kind: 'wrong', what: 'for no merchant' }
      const isPaid = amount % 2n === 0n
      const isEnded = await world.parts.endPurchaseAs(
        world.dependencies,
        { ...quote, begunAt: quote.quotedAt, asked: 1, member: null },
        isPaid ? { kind: 'done' } : { kind: 'refused', code: 'PAYMENT_REFUSED' },
      )
      return isEnded ? { kind: 'ended', posted: isPaid ? -cost : 0n } : { kind: 'otherwise' }
    }),
}
