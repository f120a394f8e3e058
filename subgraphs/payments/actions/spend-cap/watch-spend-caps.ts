import type { Transaction } from 'kysely'
import { formatKopecks } from '../../../../platform/money.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { findCappedSpending } from '../../ledger/spending.ts'
import type { LineToLookAt } from '../../store/due-page.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import { freshenCap, putAlerts, readStaleCaps } from '../../store/spend-caps.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { eachDue } from '../each-due.ts'
import { recordAct } from '../record-act.ts'
import { ROUNDS } from '../service-viewer.ts'
import { currentMonth } from './month.ts'
import { reachedLevels } from './spend-cap-rule.ts'

const AT_ONCE = 4

/**
 * Compares what lines have spent with their caps, and tells of the levels that are reached, each once a month. Any
 * number of processes may. Returns how many lines were looked at.
 */
export async function watchSpendCaps(dependencies: ActionDependencies): Promise<number> {
  const { db, logger } = dependencies
  const policies = await dependencies.policies.current()
  return eachDue<LineToLookAt>({
    read: (page) => readStaleCaps(db, page),
    work: ({ id }) => db.transaction().execute((trx) => compare(trx, dependencies, id, policies)),
    atOnce: AT_ONCE,
    logger,
    failure: 'what a line has spent could not be compared with its cap; the next round will',
  })
}

async function compare(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  lineId: string,
  policies: PaymentsPolicies,
): Promise<void> {
  const now = dependencies.clock.now()
  const { month, since } = currentMonth(policies, now)
  await lockBalance(trx, lineId, 'KOPECK')
  if (!(await freshenCap(trx, lineId))) return
  const spending = await findCappedSpending(trx, lineId, since)
  if (spending === null) return
  const percents = reachedLevels(spending, policies['spendCap.alertPercents'])
  const untold = await putAlerts(trx, { lineId, month, ...spending, percents, now })
  if (untold.length === 0) return
  // Several levels at once are one piece of news.
  const details = {
    percent: Math.max(...untold),
    cap: formatKopecks(spending.cap),
    spent: formatKopecks(spending.spent),
  }
  await recordAct(trx, dependencies, { lineId, act: 'SPEND_CAP_LEVEL_REACHED', details }, ROUNDS)
}
