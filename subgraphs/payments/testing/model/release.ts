import { endHold } from './end-hold.ts'
import type { Operation } from './operation.ts'

export const release: Operation = {
  name: 'release',
  run: (world, { pick }) =>
    endHold(world, { heldFor: 'services', pick }, async (held) => {
      const outcome = await world.charges.releaseReservation({
        ...{ service: 'products', lineId: held.line.id, id: held.key },
      })
      if (outcome.kind === 'released') return { kind: 'ended', posted: 0n }
      return outcome.kind === 'reservationEnded' ? { kind: 'otherwise' } : { kind: 'wrong', what: outcome.kind }
    }),
}
