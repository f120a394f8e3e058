import type { Operation } from './operation.ts'

export const charge: Operation = {
  name: 'charge',
  run: (world, { line: number, amount }) =>
    world.request(async (key) => {
      const line = world.line(number)
      const flight = line.begin({ loss: amount })
      const { kind } = await world.charges.charge({
        ...{ service: 'products', lineId: line.id, id: key, amount: toDecimal(amount), kind: 'SERVICE_CHARGE' },
        reason: { title: { ru: 'Услуга', en: 'A service' } },
      })
      flight.end()
      const sourceKey = `charge:products:${key}`
      if (kind === 'charged') {
        world.expect(
          world.isDone(sourceKey, line) || amount <= flight.high,
          `${key} was charged more than there can have been`,
        )
        world.done(sourceKey, line, { posted: -amount })
      } else {
        const isJustified = kind === 'notEligible' && amount > flight.low && !world.isDone(sourceKey, line)
        world.expect(isJustified, `the charge ${key} is ${kind} though there was enough`)
      }
    }),
}

export function toDecimal(kopecks: bigint): string {
  return `${kopecks / 100n}.${String(kopecks % 100n).padStart(2, '0')}`
}
