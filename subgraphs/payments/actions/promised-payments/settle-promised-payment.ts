import type { Transaction } from 'kysely'
import { type Balance, type LockedBalance, lockBalance } from '../../ledger/balance.ts'
import type { DueItem } from '../../store/due-page.ts'
import { endPromise, type PromiseEnd, promiseEnded, readDuePromises } from '../../store/promised-payments.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { eachDue } from '../each-due.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'

export type SettleDependencies = Pick<ActionDependencies, 'clock' | 'newId' | 'currencyCode'>

/**
 * Takes a promised payment back because the line was topped up. Call it in the transaction of every credit that is a
 * top-up, after the credit is posted: what is still below zero stays as a debt, and no more can be spent of the
 * promise. Does nothing when nothing was promised. True when something was taken back.
 */
export async function settlePromisedPayment(
  trx: Transaction<Tables>,
  dependencies: SettleDependencies,
  lineId: string,
): Promise<boolean> {
  return end(trx, dependencies, lineId, 'TOP_UP')
}

const AT_ONCE = 4

/** Takes back what is due; any number of processes may, each promise ends once. Returns how many were looked at. */
export async function endDuePromises(
  dependencies: SettleDependencies & Pick<ActionDependencies, 'db' | 'onEvent' | 'logger'>,
): Promise<number> {
  const { db, clock, onEvent, logger } = dependencies
  const now = clock.now()
  const looked = await eachDue<DueItem>({
    read: (page) => readDuePromises(db, now, page),
    work: async ({ id }) => {
      await db.transaction().execute((trx) => endDuePromise(trx, dependencies, id))
    },
    atOnce: AT_ONCE,
    logger,
    failure: 'a promised payment that is due could not be taken back; the next round will',
  })
  if (looked > 0) onEvent()
  return looked
}

/**
 * Locks the balance of a line that is to spend as `lockBalance` does, without a promise whose day has come: what has not
 * been done by the job yet counts as done.
 */
export async function lockToSpend(
  trx: Transaction<Tables>,
  dependencies: SettleDependencies,
  lineId: string,
): Promise<Balance | null> {
  const balance = await lockBalance(trx, lineId, 'KOPECK')
  if (balance === null) return null
  return (await endPromisesDueOf(trx, dependencies, [{ lineId, balance }])).get(lineId) ?? balance
}

/** The same of several lines that are locked already: gives the balances that are others by that. */
export async function endPromisesDueOf(
  trx: Transaction<Tables>,
  dependencies: SettleDependencies,
  lines: readonly { readonly lineId: string; readonly balance: LockedBalance }[],
): Promise<Map<string, Balance>> {
  const now = dependencies.clock.now()
  const due = lines.filter(({ balance: { promisedUntil } }) => promisedUntil !== null && promisedUntil <= now)
  const settled = new Map<string, Balance>()
  for (const { lineId } of due) {
    await endDuePromise(trx, dependencies, lineId)
    const balance = await lockBalance(trx, lineId, 'KOPECK')
    if (balance) settled.set(lineId, balance)
  }
  return settled
}

/** What was due when the balance was locked may have ended, and another begun, since: only what is due now ends. */
async function endDuePromise(
  trx: Transaction<Tables>,
  dependencies: SettleDependencies,
  lineId: string,
): Promise<boolean> {
  return end(trx, dependencies, lineId, 'DUE_DATE')
}

async function end(
  trx: Transaction<Tables>,
  dependencies: SettleDependencies,
  lineId: string,
  by: PromiseEnd,
): Promise<boolean> {
  await lockBalance(trx, lineId, 'KOPECK')
  const promise = await endPromise(trx, lineId, { by, at: dependencies.clock.now() })
  if (promise === null) return false
  await recordAct(trx, dependencies, { lineId, ...promiseEnded(promise, by) }, forOurselves(promise.id))
  return true
}
