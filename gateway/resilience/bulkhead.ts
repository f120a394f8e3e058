/** Bounds what is on its way to one subgraph, so that one that hangs does not fill the gateway. */
export interface Bulkhead {
  /** How many are on their way, and how many wait for a place. */
  readonly inFlight: number
  readonly waiting: number
  /** Takes a place: null when it is there at once, else a promise. Throws `BulkheadFullError` when too many wait. */
  enter(waitMs: number): Promise<void> | null
  /** Gives the place back. */
  leave(): void
}

export interface BulkheadOptions {
  readonly inFlightMax: number
  readonly waitingMax: number
}

/** Nobody was asked: too many others wait for the subgraph already. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError'
}

interface Waiting {
  readonly go: () => void
}

export function createBulkhead({ inFlightMax, waitingMax }: BulkheadOptions): Bulkhead {
  const queue = new Set<Waiting>()
  let inFlight = 0
  return {
    get inFlight() {
      return inFlight
    },
    get waiting() {
      return queue.size
    },
    enter(waitMs) {
      if (inFlight < inFlightMax) {
        inFlight++
        return null
      }
      if (queue.size >= waitingMax) throw new BulkheadFullError()
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          queue.delete(waiting)
          reject(new BulkheadFullError())
        }
        const timer = setTimeout(giveUp, waitMs)
        const waiting: Waiting = {
          go() {
            clearTimeout(timer)
            resolve()
          },
        }
        queue.add(waiting)
      })
    },
    leave() {
      const [next] = queue
      if (!next) {
        inFlight--
        return
      }
      // The place goes from one to the other.
      queue.delete(next)
      next.go()
    },
  }
}
