import type { Clock } from '../clock.ts'

/** A session that is over though an access token of it may still live. */
export interface EndedSession {
  readonly sessionId: string
  /** When its last access token ends: after that nobody needs to know. */
  readonly untilMs: number
}

/** Tells of sessions that end, in whatever process. */
export interface EndedSessionFeed {
  /** Tells at once of all that are known, then of each as it ends; the same one may be told twice. Returns how to stop. */
  subscribe(listener: (ended: readonly EndedSession[]) => void): () => void
}

/** The ended sessions that matter still. */
export interface EndedSessions {
  add(ended: readonly EndedSession[]): void
  has(sessionId: string): boolean
  list(): EndedSession[]
}

/** More are not remembered: some 100 MB. A crowd that is signed out at once is told from an attack by its size. */
const SESSIONS_MAX = 1_000_000
const SWEEP_MS = 10_000

export function createEndedSessions(clock: Clock, sessionsMax = SESSIONS_MAX): EndedSessions {
  const untilById = new Map<string, number>()
  let sweptAt = clock.now().getTime()

  function sweep(nowMs: number): void {
    sweptAt = nowMs
    for (const [id, untilMs] of untilById) if (untilMs <= nowMs) untilById.delete(id)
  }

  return {
    add(ended) {
      const nowMs = clock.now().getTime()
      if (Math.abs(nowMs - sweptAt) >= SWEEP_MS) sweep(nowMs)
      for (const { sessionId, untilMs } of ended) {
        if (untilMs <= nowMs) continue
        untilById.set(sessionId, untilMs)
        // The one that was told first is the nearest to its end.
        const [first] = untilById.keys()
        if (untilById.size > sessionsMax && first !== undefined) untilById.delete(first)
      }
    },
    has: (sessionId) => untilById.has(sessionId),
    list: () => [...untilById].map(([sessionId, untilMs]) => ({ sessionId, untilMs })),
  }
}
