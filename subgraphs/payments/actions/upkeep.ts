import type { Kysely } from 'kysely'
import { createCalendar } from '../../../platform/calendar.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import { expireHolds } from '../ledger/holds.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'
import type { PaymentsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'
import { forgetTransferQuotes } from '../store/transfer-quotes.ts'
import { endDuePromises } from './promised-payments/settle-promised-payment.ts'

export interface UpkeepOptions {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  /** Called after events are committed, so that they leave at once. */
  readonly onEvent: () => void
  readonly policies: Policies<PaymentsPolicies>
  readonly logger: Logger
  readonly intervalMs?: number
}

const INTERVAL_MS = 10_000
const DAY_MS = 86_400_000

/**
 * What time alone brings about: holds expire, promised payments fall due, keys and quotes are forgotten. Any number of
 * processes may; each effect is once.
 */
export async function doUpkeep(options: UpkeepOptions): Promise<void> {
  const { db, clock, policies } = options
  const now = clock.now()
  const { 'idempotency.ttlDays': ttlDays, 'operator.timeZone': timeZone } = await policies.current()
  await expireHolds(db, now)
  await endDuePromises(options)
  await forgetKeys(db, new Date(now.getTime() - ttlDays * DAY_MS))
  const moment = new Date(now.getTime() - DAY_MS)
  await forgetTransferQuotes(db, { moment, day: createCalendar(timeZone).dayOf(moment) })
}

/** Does so now and then. */
export function startUpkeep(options: UpkeepOptions): { stop(): Promise<void> } {
  let running = Promise.resolve()
  let isRunning = false
  const timer = setInterval(() => {
    if (!isRunning) running = round()
  }, options.intervalMs ?? INTERVAL_MS)
  timer.unref()

  async function round(): Promise<void> {
    isRunning = true
    try {
      await doUpkeep(options)
    } catch (error) {
      options.logger.warn({ err: error }, 'upkeep of the ledger did not finish; the next round goes on')
    } finally {
      isRunning = false
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
