import type { Transaction } from 'kysely'
import {
  markReminded,
  type PromiseKey,
  type PromiseToRemind,
  readPromisesToRemind,
} from '../../store/promised-payments.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { eachDue } from '../each-due.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'

type RemindDependencies = Pick<
  ActionDependencies,
  'db' | 'clock' | 'newId' | 'currencyCode' | 'policies' | 'onEvent' | 'logger'
>

const AT_ONCE = 4
const HOUR_MS = 3_600_000

/**
 * Reminds of promised payments that are due soon, of each once, whichever process comes first. Returns how many were
 * looked at.
 */
export async function remindOfPromises(dependencies: RemindDependencies): Promise<number> {
  const { db, clock, policies, onEvent, logger } = dependencies
  const { 'promisedPayment.remindHoursBefore': hours } = await policies.current()
  const before = new Date(clock.now().getTime() + hours * HOUR_MS)
  const looked = await eachDue<PromiseToRemind>({
    read: (page) => readPromisesToRemind(db, { before, hours }, page),
    work: (key) => db.transaction().execute((trx) => remind(trx, dependencies, key)),
    atOnce: AT_ONCE,
    logger,
    failure: 'a promised payment could not be reminded of; the next round will',
  })
  if (looked > 0) onEvent()
  return looked
}

async function remind(trx: Transaction<Tables>, dependencies: RemindDependencies, key: PromiseKey): Promise<void> {
  const promise = await markReminded(trx, key, dependencies.clock.now())
  if (promise === null) return
  const details = { promisedPaymentId: promise.id, dueAt: promise.due_at.toISOString() }
  const act = { lineId: promise.line_id, act: 'PROMISED_PAYMENT_DUE_SOON', details }
  await recordAct(trx, dependencies, act, forOurselves(promise.id))
}
