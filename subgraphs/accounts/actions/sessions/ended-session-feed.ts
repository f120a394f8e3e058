import type { Clock } from '../../../../platform/clock.ts'
import type { Listen } from '../../../../platform/database/listen.ts'
import {
  createEndedSessions,
  type EndedSession,
  type EndedSessionFeed,
} from '../../../../platform/identity/ended-sessions.ts'
import {
  ENDED_SESSIONS_CHANNEL,
  forgetEndedSessions,
  readEndedSession,
  readEndedSessions,
} from '../../store/ended-sessions.ts'

/** Hears of every session that ends, in whatever process of accounts, and tells it to gateways. */
export function createEndedSessionFeed({
  listen,
  clock,
}: {
  readonly listen: Listen
  readonly clock: Clock
}): EndedSessionFeed & { close(): Promise<void> } {
  const known = createEndedSessions(clock)
  const listeners = new Set<(ended: readonly EndedSession[]) => void>()

  function tell(ended: readonly EndedSession[]): void {
    known.add(ended)
    for (const listener of listeners) listener(ended)
  }

  const listening = listen({
    channel: ENDED_SESSIONS_CHANNEL,
    onMessage: (payload) => tell([readEndedSession(payload)]),
    onListening: async (reader) => tell(await readEndedSessions(reader, clock.now())),
    onTick: (reader) => forgetEndedSessions(reader, clock.now()),
  })
  return {
    subscribe(listener) {
      listeners.add(listener)
      listener(known.list())
      return () => listeners.delete(listener)
    },
    close: listening.close,
  }
}
