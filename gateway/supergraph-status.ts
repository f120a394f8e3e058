import type { Clock } from '../platform/clock.ts'
import { operationId } from '../platform/operations/normal-form.ts'
import type { SupergraphSource } from './engine/engine.ts'
import type { Misfit } from './registered/prepare.ts'

/** Which supergraph is served, for those who look at the gateway from outside. */
export interface SupergraphStatus {
  /** The hash of its text; empty before there is one. */
  readonly hash: string
  readonly since: Date | null
  /** How many have taken over from another, and how many did not load, since the process began. */
  readonly reloads: number
  readonly refusals: number
  /** Whether the newest did not load, and an older one is served. */
  readonly isStale: boolean
  /** The registered operations that do not fit it. */
  readonly misfits: readonly Misfit[]
}

export interface SupergraphWatch {
  readonly status: SupergraphStatus
  /** The same source, watched. */
  readonly source: SupergraphSource
  /** Called in the moment of taking over. */
  taken(sdl: string, misfits: readonly Misfit[]): void
}

export function watchSupergraph(source: SupergraphSource, clock: Clock): SupergraphWatch {
  let status: SupergraphStatus = { hash: '', since: null, reloads: -1, refusals: 0, isStale: false, misfits: [] }
  return {
    get status() {
      return status
    },
    source: {
      open: (take) =>
        source.open(async (sdl) => {
          try {
            await take(sdl)
          } catch (error) {
            status = { ...status, refusals: status.refusals + 1, isStale: true }
            throw error
          }
        }),
    },
    taken(sdl, misfits) {
      const reloads = status.reloads + 1
      status = { ...status, hash: operationId(sdl), since: clock.now(), reloads, isStale: false, misfits }
    },
  }
}
