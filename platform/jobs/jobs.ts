import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { fromKysely, PgBoss } from 'pg-boss'
import type { Logger } from '../logger.ts'
import { inRootSpan, readTraceparent, SpanKind, traceparent } from '../sight/tracing.ts'

/** A kind of work: what becomes of it when it fails. */
export interface JobQueue {
  readonly name: string
  /** The pause before the first repetition; each is about twice as long as the one before. */
  readonly retryDelaySeconds: number
  readonly retryDelaySecondsMax: number
  readonly retryLimit: number
  /** One that runs longer is taken for lost, and runs again. */
  readonly expireSeconds: number
  /** A process that says nothing for so long is taken for dead, and its job runs again. At least 10. */
  readonly heartbeatSeconds: number
}

/** Does a job. It may be done twice, by two processes at once too: the effect must be kept to one by the database. */
export type JobHandler = (job: { readonly data: unknown; readonly signal: AbortSignal }) => Promise<void>

/** Work that goes on after its request was answered: any number of processes, each job at least once. */
export interface Jobs {
  /** Leaves a job in the caller's transaction: it is there exactly if that commits. */
  send<Tables>(trx: Transaction<Tables>, queue: JobQueue, job: NewJob): Promise<void>
  /** Begins to work, in the background: a database that is away is waited for. Call it once. */
  start(handlers: ReadonlyMap<JobQueue, JobHandler>): void
  /** Takes no more, waits for what runs, and closes its connections. */
  stop(): Promise<void>
}

export interface NewJob {
  readonly data: object
  /** Not before; at once when it is left out. */
  readonly startAfter?: Date
  /** A job of this name is left once in its queue, however often it is sent: also while it is done, and for days after. */
  readonly name?: string
}

export interface JobsOptions {
  /** The database, as the subgraph's login role. */
  readonly url: string
  /** See `jobsSchema`. */
  readonly schema: string
  readonly logger: Logger
  /** How often each process looks for work; half a second at least. */
  readonly pollSeconds?: number
  /** How often one process looks for jobs of dead ones. */
  readonly superviseSeconds?: number
}

const SUPERVISE_SECONDS = 15
const POLL_SECONDS = 2
const CONNECTIONS = 2
const START_RETRY_MS = 1_000
const STOP_TIMEOUT_MS = 10_000
/** The span in which pg-boss takes one job of a key: the longest that it can count. */
const ALWAYS_SECONDS = 2_147_483_647

/**
 * Jobs on pg-boss, in tables that `migrateJobs` made. It has few connections of its own, so that its polling neither
 * waits for requests nor is waited for. Times are the database's: `startAfter` is compared with its clock.
 */
export function createJobs(options: JobsOptions): Jobs {
  const { url, schema, logger, pollSeconds = POLL_SECONDS, superviseSeconds = SUPERVISE_SECONDS } = options
  const boss = new PgBoss({
    connectionString: url,
    schema,
    max: CONNECTIONS,
    // The login role may not make or alter tables.
    migrate: false,
    createSchema: false,
    reindex: false,
    schedule: false,
    monitorVacuum: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
  })
  boss.on('error', (error) => logger.warn({ reason: error.message }, 'jobs: the database did not answer'))
  const stopping = new AbortController()
  let started: Promise<boolean> = Promise.resolve(false)

  return {
    async send(trx, queue, { data, startAfter, name }) {
      if (!(await started)) throw new Error('jobs are left only while the process works on them')
      const db = fromKysely(trx)
      const left: LeftJob = { ...data, traceparent: traceparent() }
      const once = name === undefined ? {} : { singletonKey: name, singletonSeconds: ALWAYS_SECONDS }
      const id = await boss.send(queue.name, left, { db, ...(startAfter && { startAfter }), ...once })
      // Of a job with a name it says that the job is there.
      if (id === null && name === undefined) throw new Error(`the queue ${queue.name} did not take a job`)
    },
    start(handlers) {
      started = startBoss(boss, { handlers, pollSeconds, logger, signal: stopping.signal })
    },
    async stop() {
      stopping.abort()
      if (await started) await boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS })
    },
  }
}

/** A job as it waits, and the span in which it was left: it may be done days later, so it has a trace of its own. */
type LeftJob = object & { readonly traceparent?: string | undefined }

const JOB_SPAN = { kind: SpanKind.CONSUMER }

interface StartOptions {
  readonly handlers: ReadonlyMap<JobQueue, JobHandler>
  readonly pollSeconds: number
  readonly logger: Logger
  readonly signal: AbortSignal
}

/** Tries until the database is there. False when it was told to stop before that. */
async function startBoss(boss: PgBoss, { handlers, pollSeconds, logger, signal }: StartOptions): Promise<boolean> {
  const begun = new Set<JobQueue>()
  for (;;) {
    try {
      await boss.start()
      for (const [queue, handler] of handlers) {
        if (!begun.has(queue)) await workOn(boss, queue, { handler, pollSeconds })
        begun.add(queue)
      }
      return true
    } catch (error) {
      if (signal.aborted) return false
      logger.warn({ err: error }, 'jobs could not be begun; they will be tried again')
      await sleep(START_RETRY_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return false
    }
  }
}

async function workOn(
  boss: PgBoss,
  queue: JobQueue,
  { handler, pollSeconds }: { readonly handler: JobHandler; readonly pollSeconds: number },
): Promise<void> {
  await boss.createQueue(queue.name, {
    retryLimit: queue.retryLimit,
    retryDelay: queue.retryDelaySeconds,
    retryDelayMax: queue.retryDelaySecondsMax,
    retryBackoff: true,
    expireInSeconds: queue.expireSeconds,
    heartbeatSeconds: queue.heartbeatSeconds,
  })
  const span = `job ${queue.name}`
  await boss.work<LeftJob>(queue.name, { batchSize: 1, pollingIntervalSeconds: pollSeconds }, async (jobs) => {
    for (const { data: left, signal } of jobs) {
      const { traceparent: leftIn, ...data } = left
      await inRootSpan(span, { ...JOB_SPAN, cause: readTraceparent(leftIn) }, () => handler({ data, signal }))
    }
  })
}
