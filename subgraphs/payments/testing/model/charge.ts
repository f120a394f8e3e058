import { formatKopecks } from '../../../../platform/money.ts'
import type { Operation } from './operation.ts'

export const charge: Operation = {
  name: 'charge',
  run: (world, { line: number, amount }) =>
    world.request(async (key) => {
      const line = world.line(number)
      const flight = line.begin({ loss: amount })
      const { kind } = await world.charges.charge({
        ...{ service: 'products', lineId: line.id, id: key, amount: formatKopecks(amount), kind: 'SERVICE_CHARGE' },
        reason: { title: { ru: 'Услуга', en: 'A service' } },
      })
      flight.end()
      const sourceKey = `charge:products:${key}`
      if (kind === 'charged') {
        world.expect(
          world.isDone(sourceKey, line) || amount <= line.mostSpendable(flight),
          `${key} was charged more than there can have been`,
        )
        if (world.done(sourceKey, line, { posted: -amount })) line.uncounted += amount
      } else {
        const isJustified =
          kind === 'notEligible' && amount > line.leastSpendable(flight) && !world.isDone(sourceKey, line)
        world.expect(isJustified, `the charge ${key} is ${kind} though there was enough`)
      }
    }),
}
