import { createCalendar } from '../../../platform/calendar.ts'
import { expireHolds } from '../ledger/holds.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'
import { forgetTransferQuotes } from '../store/transfer-quotes.ts'
import type { ActionDependencies } from './actions.ts'
import { endDuePromises } from './promised-payments/settle-promised-payment.ts'
import type { Round } from './rounds.ts'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/** All that time alone brings about in payments. */
export function upkeepRounds(dependencies: ActionDependencies): Round[] {
  const { db, clock } = dependencies
  return [
    { name: 'holds expire', intervalMs: 10 * SECOND_MS, run: () => expireHolds(db, clock.now()) },
    { name: 'promised payments fall due', intervalMs: 10 * SECOND_MS, run: () => endDuePromises(dependencies) },
    { name: 'keys are forgotten', intervalMs: 600 * SECOND_MS, run: () => forgetOldKeys(dependencies) },
    { name: 'quotes are forgotten', intervalMs: 600 * SECOND_MS, run: () => forgetOldQuotes(dependencies) },
  ]
}

async function forgetOldKeys({ db, clock, policies }: ActionDependencies): Promise<void> {
  const { 'idempotency.ttlDays': ttlDays } = await policies.current()
  await forgetKeys(db, new Date(clock.now().getTime() - ttlDays * DAY_MS))
}

/** A day after they could be confirmed. */
async function forgetOldQuotes({ db, clock, policies }: ActionDependencies): Promise<void> {
  const { 'operator.timeZone': timeZone } = await policies.current()
  const moment = new Date(clock.now().getTime() - DAY_MS)
  await forgetTransferQuotes(db, { moment, day: createCalendar(timeZone).dayOf(moment) })
}
