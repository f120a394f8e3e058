import type { Logger } from '../../../platform/logger.ts'

/** Something that time alone brings about, looked for now and then. Any number of processes may: each effect is once. */
export interface Round {
  /** For the log. */
  readonly name: string
  readonly intervalMs: number
  readonly run: () => Promise<unknown>
  /** Waits for what a run left at work. */
  readonly settled?: () => Promise<void>
}

/** Runs each round at its interval, never twice at a time; what fails is logged, and the next round goes on. */
export function startRounds(rounds: readonly Round[], logger: Logger): { stop(): Promise<void> } {
  const running = rounds.map((round) => startRound(round, logger))
  return {
    async stop() {
      await Promise.all(running.map((round) => round.stop()))
    },
  }
}

function startRound({ name, intervalMs, run, settled }: Round, logger: Logger): { stop(): Promise<void> } {
  let underWay: Promise<void> | null = null
  const timer = setInterval(() => {
    underWay ??= attempt().finally(() => {
      underWay = null
    })
  }, intervalMs)
  timer.unref()

  async function attempt(): Promise<void> {
    try {
      await run()
    } catch (error) {
      logger.warn({ err: error, round: name }, 'a round did not finish; the next goes on')
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      await underWay
      await settled?.()
    },
  }
}
