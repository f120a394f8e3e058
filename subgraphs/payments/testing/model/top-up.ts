import { settlePromisedPayment } from '../../actions/promised-payments/settle-promised-payment.ts'
import { give } from '../../ledger/posting.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

export const topUp: Operation = {
  name: 'topUp',
  run: (world, { line: number, amount }) =>
    world.request(async (key) => {
      const line = world.line(number)
      const flight = line.begin({ gain: amount })
      await world.transaction(async (trx) => {
        const { kind } = await world.parts.post(trx, world.dependencies, {
          ...{ lineId: line.id, kind: 'TOP_UP', sourceKey: `model:${key}`, occurredAt: world.now },
          movements: [give('KOPECK', 'CARD_ACQUIRING', amount)],
        })
        if (kind === 'posted') await settlePromisedPayment(trx, world.dependencies, line.id)
      })
      flight.end()
      noteTopUp(world, line, { sourceKey: `model:${key}`, amount })
    }),
}

/** What was promised goes with the money that comes: what it does not cover stays as a debt. */
export function noteTopUp(
  world: World,
  line: LineModel,
  { sourceKey, amount }: { readonly sourceKey: string; readonly amount: bigint },
): void {
  if (world.done(sourceKey, line, { posted: amount })) line.endPromise()
}
