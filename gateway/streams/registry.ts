import type { Principal } from '../../platform/identity/viewer.ts'

/** Why a stream is ended that its client would have gone on with. */
export type EndReason = 'TOKEN_EXPIRED' | 'SESSION_ENDED' | 'STOPPING'

/** One that is open, and how to end it. */
export interface Open {
  readonly principal: Principal
  end(reason: EndReason): void
}

/** What is open now: bounded for each person, and found by its session. */
export interface Registry {
  /** Takes a place; gives the way to leave it, or null when this person has as many as there may be. */
  enter(open: Open): (() => void) | null
  endSession(sessionId: string): void
  /** What enters from then on is ended at once. */
  endAll(): void
  readonly size: number
}

export function createRegistry(maxForOne: number): Registry {
  const byPerson = new Map<string, Set<Open>>()
  let isEnding = false
  const all = () => [...byPerson.values()].flatMap((places) => [...places])
  return {
    enter(open) {
      const person = personOf(open.principal)
      const places = byPerson.get(person) ?? new Set()
      if (places.size >= maxForOne) return null
      byPerson.set(person, places.add(open))
      // A connection that was open before may yet ask for a stream.
      if (isEnding) open.end('STOPPING')
      return () => {
        places.delete(open)
        if (places.size === 0 && byPerson.get(person) === places) byPerson.delete(person)
      }
    },
    endSession(sessionId) {
      // Rare, and never in the way of a request: an index of its own would cost every stream more.
      for (const open of all()) if (sessionOf(open.principal) === sessionId) open.end('SESSION_ENDED')
    },
    endAll() {
      isEnding = true
      for (const open of all()) open.end('STOPPING')
    },
    get size() {
      return all().length
    },
  }
}

/** Whose streams are counted together: a person's, in whatever account and by however many sessions. */
function personOf(principal: Principal): string {
  switch (principal.kind) {
    case 'account':
      return principal.personId
    case 'staff':
      return `staff ${principal.staffId}`
    default:
      return principal.kind
  }
}

function sessionOf(principal: Principal): string | null {
  return principal.kind === 'account' || principal.kind === 'staff' ? principal.sessionId : null
}
