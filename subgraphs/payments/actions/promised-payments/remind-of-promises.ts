import { findPromisesToRemind, markReminded } from '../../store/promised-payments.ts'
import type { ActionDependencies } from '../actions.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'

const LINES_AT_ONCE = 100
const HOUR_MS = 3_600_000

/** Reminds of promised payments that are due soon, of each once, whichever process comes first. Returns of how many. */
export async function remindOfPromises(
  dependencies: Pick<ActionDependencies, 'db' | 'clock' | 'newId' | 'currencyCode' | 'policies' | 'onEvent'>,
): Promise<number> {
  const { db, clock, policies, onEvent } = dependencies
  const now = clock.now()
  const { 'promisedPayment.remindHoursBefore': hours } = await policies.current()
  const before = new Date(now.getTime() + hours * HOUR_MS)
  let reminded = 0
  for (const key of await findPromisesToRemind(db, { before, hours }, LINES_AT_ONCE)) {
    await db.transaction().execute(async (trx) => {
      const promise = await markReminded(trx, key, now)
      if (promise === null) return
      const details = { promisedPaymentId: promise.id, dueAt: promise.due_at.toISOString() }
      const act = { lineId: promise.line_id, act: 'PROMISED_PAYMENT_DUE_SOON', details }
      await recordAct(trx, dependencies, act, forOurselves(promise.id))
      reminded++
    })
  }
  if (reminded > 0) onEvent()
  return reminded
}
