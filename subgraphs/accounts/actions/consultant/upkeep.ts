import { UNKNOWN_CLIENT, type Viewer } from '../../../../platform/identity/viewer.ts'
import type { Logger } from '../../../../platform/logger.ts'
import { recordAct } from '../../store/acts.ts'
import { eraseConversations, escalateOverdue, returnAbandoned } from '../../store/consultant/upkeep.ts'
import { type ConsultantDependencies, secondsLater } from './dependencies.ts'

export type UpkeepDependencies = Pick<ConsultantDependencies, 'db' | 'clock' | 'newId' | 'policies'>

/** The subgraph itself, of whose acts the trail tells. */
const UPKEEP: Viewer = {
  principal: { kind: 'service', name: 'accounts' },
  language: 'ru',
  requestId: 'consultant-upkeep',
  client: UNKNOWN_CLIENT,
}

const SECONDS_PER_DAY = 86_400

/**
 * Puts back what was taken and left lying, and hands to supervisors what was not answered in time. Returns how many
 * were handed on.
 */
export async function watchDeadlines({ db, clock, newId }: UpkeepDependencies): Promise<number> {
  const now = clock.now()
  await returnAbandoned(db, now)
  return db.transaction().execute(async (trx) => {
    const escalated = await escalateOverdue(trx, now)
    for (const { accountId, id: conversationId } of escalated) {
      const details = { conversationId }
      await recordAct(trx, UPKEEP, { id: newId(), at: now, accountId, kind: 'CONVERSATION_ESCALATED', details })
    }
    return escalated.length
  })
}

/** Erases what has been kept for as long as the policy says. Returns how many conversations. */
export async function eraseExpired({ db, clock, policies }: UpkeepDependencies): Promise<number> {
  const days = (await policies.current())['consultant.retentionDays']
  const unchangedSince = secondsLater(clock.now(), -days * SECONDS_PER_DAY)
  return db.transaction().execute((trx) => eraseConversations(trx, unchangedSince))
}

const DEADLINES_INTERVAL_MS = 5_000
const ERASING_INTERVAL_MS = 300_000

/** Does both, now and then. Any number of processes may: each conversation is dealt with once. */
export function startConsultantUpkeep(dependencies: UpkeepDependencies & { readonly logger: Logger }): {
  stop(): Promise<void>
} {
  const { logger } = dependencies
  const rounds = [
    startRounds(logger, DEADLINES_INTERVAL_MS, async () => {
      const escalated = await watchDeadlines(dependencies)
      if (escalated > 0) logger.info({ escalated }, 'questions to the consultant went to supervisors')
    }),
    startRounds(logger, ERASING_INTERVAL_MS, async () => {
      const erased = await eraseExpired(dependencies)
      if (erased > 0) logger.info({ erased }, 'old conversations with the consultant are erased')
    }),
  ]
  return {
    async stop() {
      await Promise.all(rounds.map((round) => round.stop()))
    },
  }
}

function startRounds(logger: Logger, intervalMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= work()
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'upkeep of the consultant failed; the next round will do it'),
      )
      .finally(() => {
        running = null
      })
  }, intervalMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
