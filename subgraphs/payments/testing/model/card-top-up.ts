import type { CardPayment } from '../../../../platform/acquirer/acquirer.ts'
import { kopecks } from '../../../../platform/money.ts'
import { settle } from '../../actions/card-payments/settle.ts'
import { insertCardPayment } from '../../store/card-payments.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import { noteTopUp } from './top-up.ts'
import type { World } from './world.ts'

/** A card pays for a line, and the acquirer says so, however often. */
export const cardTopUp: Operation = {
  name: 'cardTopUp',
  run: async (world, { line: number, amount }) => {
    const line = world.line(number)
    const paymentId = world.newId()
    await beginPayment(world, { line, paymentId, amount })
    const paid = { line, paymentId, amount, left: amount }
    await world.request(async (key) => {
      const flight = line.begin({ gain: amount })
      const settled = await settle(world.dependencies, { lineId: line.id, paymentId }, heardOf(world, { key, amount }))
      flight.end()
      world.expect(settled === 'ended', `the top-up ${paymentId} is ${settled}`)
      if (!world.isDone(`acquirer:${key}`, line)) world.paid.push(paid)
      noteTopUp(world, line, { sourceKey: `acquirer:${key}`, amount })
    })
  },
}

async function beginPayment(
  world: World,
  { line, paymentId, amount }: { readonly line: LineModel; readonly paymentId: string; readonly amount: bigint },
): Promise<void> {
  const { now, accountId } = world
  await world.transaction((trx) =>
    insertCardPayment(trx, {
      ...{ lineId: line.id, paymentId, kind: 'TOP_UP', amount, accountId, now, details: { member: null } },
      ...{ requestSealed: 'asked already', cardId: null, isCardSaved: false, expiresAt: now },
    }),
  )
}

function heardOf(world: World, { key, amount }: { readonly key: string; readonly amount: bigint }): CardPayment {
  return {
    ...{ id: key, status: 'SUCCEEDED', amount: { kopecks: kopecks(amount), currencyCode: 'RUB' } },
    ...{ refundedKopecks: kopecks(0n), confirmationUrl: null, cancellation: null, card: null, reference: null },
    ...{ createdAt: world.now, capturedAt: world.now },
  }
}
