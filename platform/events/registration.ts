/** Which topics are known to be watched, to those who announce. */
export interface Registration {
  /** Resolves when all of these are registered. */
  ensure(topics: readonly string[]): Promise<void>
  /** From now on every topic is registered again before it is read. */
  renew(): void
  forget(topic: string): void
  stop(): void
}

/** By then every change is announced, or to be seen, that had begun before its topic was registered. */
const SECOND_LOOK_MS = 1_000

/** `wake` has a topic read again that was registered only now. */
export function createRegistration(
  register: (topics: readonly string[]) => Promise<void>,
  wake: (topic: string) => void,
): Registration {
  /** The round in which each topic was registered last. */
  const rounds = new Map<string, number>()
  const looks = new Set<NodeJS.Timeout>()
  let round = 0

  function lookAgain(topics: readonly string[]): void {
    const look = setTimeout(() => {
      looks.delete(look)
      for (const topic of topics) wake(topic)
    }, SECOND_LOOK_MS)
    look.unref()
    looks.add(look)
  }

  return {
    async ensure(topics) {
      const due = [...new Set(topics)].filter((topic) => rounds.get(topic) !== round)
      if (due.length === 0) return
      const current = round
      await register(due)
      const fresh = due.filter((topic) => !rounds.has(topic))
      for (const topic of due) rounds.set(topic, current)
      if (fresh.length > 0) lookAgain(fresh)
    },
    renew() {
      round++
    },
    forget(topic) {
      rounds.delete(topic)
    },
    stop() {
      for (const look of looks) clearTimeout(look)
    },
  }
}
