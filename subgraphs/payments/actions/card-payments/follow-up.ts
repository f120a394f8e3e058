import type { Transaction } from 'kysely'
import type { JobQueue } from '../../../../platform/jobs/jobs.ts'
import type { Tables } from '../../store/tables.ts'
import { growingPauseSeconds } from '../growing-pause.ts'
import type { CardDependencies } from './card-dependencies.ts'

/** The next job that asks the acquirer about something. */
export interface FollowUp {
  readonly queue: JobQueue
  /** Of the payment, or of the refund. */
  readonly id: string
  readonly key: object
  /** How many have asked before. */
  readonly count: number
}

const DAY_MS = 86_400_000
const DAY_SECONDS = 86_400

/**
 * Leaves the next job in the caller's transaction. There is one of each count: a job that is done twice, by two processes
 * at once too, leaves one.
 */
export async function leaveFollowUp(
  trx: Transaction<Tables>,
  { clock, jobs, policies }: Pick<CardDependencies, 'clock' | 'jobs' | 'policies'>,
  { queue, id, key, count }: FollowUp,
  seconds?: number,
): Promise<void> {
  const { 'acquirer.pauseSeconds': first, 'acquirer.pauseSecondsMax': max } = await policies.current()
  const pause = seconds ?? growingPauseSeconds({ first, max }, count)
  await jobs.send(trx, queue, {
    data: { ...key, count: count + 1 },
    name: `${id}:${count + 1}`,
    startAfter: new Date(clock.now().getTime() + pause * 1_000),
  })
}

/**
 * Goes on asking until all is known. What the acquirer has not said for days, long after it should have, is asked for once
 * a day, and people are told so each time.
 */
export async function followOn(dependencies: CardDependencies, next: FollowUp, since: Date): Promise<void> {
  const { clock, db, logger, policies } = dependencies
  const { 'acquirer.followDays': days } = await policies.current()
  const isOverdue = clock.now().getTime() > since.getTime() + days * DAY_MS
  if (isOverdue) {
    logger.error({ queue: next.queue.name, id: next.id }, 'the acquirer has not said for days what became of money')
  }
  await db.transaction().execute((trx) => leaveFollowUp(trx, dependencies, next, isOverdue ? DAY_SECONDS : undefined))
}
