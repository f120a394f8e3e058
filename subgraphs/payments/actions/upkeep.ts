import { createCalendar } from '../../../platform/calendar.ts'
import { expireHolds } from '../ledger/expire-holds.ts'
import { forgetQuoteDays } from '../store/quote-days.ts'
import { sweep } from '../store/sweep.ts'
import type { ActionDependencies } from './actions.ts'
import { earnPoints } from './bonus/earn-points.ts'
import { expirePoints } from './bonus/expire-points.ts'
import { remindOfPromises } from './promised-payments/remind-of-promises.ts'
import { endDuePromises } from './promised-payments/settle-promised-payment.ts'
import { createPurchaseSettling } from './purchases/settle-purchases.ts'
import type { Round } from './rounds.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 86_400_000

/** All that time alone brings about in payments. */
export function upkeepRounds(dependencies: ActionDependencies): Round[] {
  const { db, clock } = dependencies
  const { look, settled } = createPurchaseSettling(dependencies)
  return [
    { name: 'holds expire', intervalMs: 10 * SECOND_MS, run: () => expireHolds(db, clock.now()) },
    { name: 'promised payments fall due', intervalMs: 10 * SECOND_MS, run: () => endDuePromises(dependencies) },
    { name: 'promised payments are reminded of', intervalMs: MINUTE_MS, run: () => remindOfPromises(dependencies) },
    { name: 'merchants are asked', intervalMs: SECOND_MS, run: look, settled },
    { name: 'points expire', intervalMs: MINUTE_MS, run: () => expirePoints(dependencies) },
    { name: 'points are earned', intervalMs: 10 * MINUTE_MS, run: () => earnPoints(dependencies) },
    { name: 'keys and quotes are forgotten', intervalMs: 10 * MINUTE_MS, run: () => forget(dependencies) },
  ]
}

async function forget({ db, clock, policies }: ActionDependencies): Promise<void> {
  const now = clock.now()
  const { 'idempotency.ttlDays': keyDays, 'operator.timeZone': timeZone } = await policies.current()
  await sweep(db, { now, keyDays })
  const moment = new Date(now.getTime() - DAY_MS)
  await forgetQuoteDays(db, createCalendar(timeZone).dayOf(moment))
}
