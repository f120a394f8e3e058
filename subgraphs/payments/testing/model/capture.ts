import { formatKopecks } from '../../../../platform/money.ts'
import { endHold } from './end-hold.ts'
import type { Operation } from './operation.ts'

/** Captures a part of what a hold has set aside, or all of it. */
export const capture: Operation = {
  name: 'capture',
  run: (world, { pick, amount }) =>
    endHold(world, { heldFor: 'services', pick }, async (held) => {
      const part = 1n + (amount % held.amount)
      const outcome = await world.charges.captureReservation({
        ...{ service: 'products', lineId: held.line.id, id: held.key, amount: formatKopecks(part) },
      })
      switch (outcome.kind) {
        case 'captured':
          return { kind: 'ended', posted: -part }
        case 'idReused':
          // Captured with another amount, by whoever has been told so.
          return { kind: 'otherwise' }
        case 'reservationEnded':
          return { kind: outcome.state === 'EXPIRED' ? 'overdue' : 'otherwise' }
        default:
          return { kind: 'wrong', what: outcome.kind }
      }
    }),
}
