import { give } from '../../ledger/posting.ts'
import type { Operation } from './operation.ts'

export const topUp: Operation = {
  name: 'topUp',
  run: (world, { line: number, amount }) =>
    world.request(async (key) => {
      const line = world.line(number)
      const flight = line.begin({ gain: amount })
      await world.transaction((trx) =>
        world.parts.post(trx, world.dependencies, {
          ...{ lineId: line.id, kind: 'TOP_UP', sourceKey: `model:${key}`, occurredAt: world.now },
          movements: [give('KOPECK', 'CARD_ACQUIRING', amount)],
        }),
      )
      flight.end()
      world.done(`model:${key}`, line, { posted: amount })
    }),
}
