import { formatKopecks } from '../../../../platform/money.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

export const reserve: Operation = {
  name: 'reserve',
  run: (world, { line, amount }) =>
    world.request(async (key) => {
      // Who sweeps waits for those that have looked at the clock already.
      const reserving = reserveOnce(world, { key, line: world.line(line), amount })
      world.reserving.add(reserving)
      await reserving.finally(() => world.reserving.delete(reserving))
    }),
}

async function reserveOnce(
  world: World,
  { key, line, amount }: { readonly key: string; readonly line: LineModel; readonly amount: bigint },
): Promise<void> {
  const flight = line.begin({ loss: amount })
  const outcome = await world.charges.reserve({
    ...{ service: 'products', lineId: line.id, id: key, amount: formatKopecks(amount), kind: 'SUBSCRIPTION_FEE' },
    ...{ minutes: null, reason: { title: { ru: 'Услуга', en: 'A service' } } },
  })
  flight.end()
  const effect = `!hold:${key}`
  if (outcome.kind === 'reserved') {
    world.expect(
      world.isDone(effect, line) || amount <= line.mostSpendable(flight),
      `${key} has set aside more than there can have been`,
    )
    if (!world.isDone(effect, line)) {
      const { sourceKey, expiresAt } = outcome.hold
      world.held.push({ key, sourceKey, line, book: line, amount, expiresAt, isWaiting: true, ending: 0 })
    }
    world.done(effect, line, { reserved: amount })
  } else {
    const isJustified =
      outcome.kind === 'notEligible' && amount > line.leastSpendable(flight) && !world.isDone(effect, line)
    world.expect(isJustified, `the hold ${key} is ${outcome.kind} though there was enough`)
  }
}
