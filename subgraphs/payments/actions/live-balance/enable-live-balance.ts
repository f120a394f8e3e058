import type { Transaction } from 'kysely'
import { createCalendar } from '../../../../platform/calendar.ts'
import { parseId } from '../../../../platform/ids.ts'
import { formatKopecks, parseKopecks } from '../../../../platform/money.ts'
import type { Balance } from '../../ledger/balance.ts'
import { findCappedSpending } from '../../ledger/spending.ts'
import { isAllowed } from '../../store/line-access.ts'
import { findLiveBalance, type LiveBalance, putLiveBalance } from '../../store/live-balances.ts'
import { findPolicyVersion } from '../../store/policy-version.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import type { Asker } from '../asker.ts'
import { type KeyRefusal, once } from '../once.ts'
import { lockToSpend } from '../promised-payments/settle-promised-payment.ts'
import { recordAct } from '../record-act.ts'
import { failedRules } from '../rules.ts'
import { currentMonth } from '../spend-cap/month.ts'
import { chargeDay, FEE_POLICY } from './charge-day.ts'
import { LIVE_BALANCE_RULES, type LiveBalanceObstacle } from './live-balance-rules.ts'

export interface EnableLiveBalance {
  readonly lineId: string
  /** The fee for a day that the subscriber was shown, as it was typed. */
  readonly dailyFee: string
  readonly idempotencyKey: string
}

export type EnableLiveBalanceOutcome =
  | { readonly kind: 'enabled'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidAmount' }
  | { readonly kind: 'notEligible'; readonly obstacles: readonly LiveBalanceObstacle[] }

/** The outcome of a key is kept as JSON, which has no big numbers and no dates. */
type KeptOutcome =
  | Exclude<EnableLiveBalanceOutcome, { kind: 'notEligible' }>
  | { readonly kind: 'notEligible'; readonly obstacles: string }

/**
 * Switches the service on and charges the first day at once, at the fee that was shown or not at all; a day that is
 * paid for already is not paid again. When it is on there is nothing to do. The grant must hold management.
 */
export async function enableLiveBalance(
  dependencies: ActionDependencies,
  { lineId: given, dailyFee, idempotencyKey }: EnableLiveBalance,
  by: Asker,
): Promise<EnableLiveBalanceOutcome | KeyRefusal> {
  const lineId = parseId(given)
  const { principal } = by.viewer
  if (lineId === null || principal.kind !== 'account') return { kind: 'lineNotFound' }
  const agreedFee = parseKopecks(dailyFee)
  if (agreedFee === null || agreedFee < 0n) return { kind: 'invalidAmount' }
  const command = {
    personId: principal.personId,
    operation: 'enableLiveBalance',
    key: idempotencyKey,
    body: [principal.accountId, lineId, String(agreedFee)],
  }
  const outcome = await once<KeptOutcome>(dependencies, command, async (trx) =>
    keep(await enable(trx, dependencies, { lineId, agreedFee }, by)),
  )
  if (outcome.kind === 'enabled') dependencies.onEvent()
  return outcome.kind === 'notEligible' ? { ...outcome, obstacles: unfold(outcome.obstacles) } : outcome
}

async function enable(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, agreedFee }: { readonly lineId: string; readonly agreedFee: bigint },
  { grant, viewer }: Asker,
): Promise<EnableLiveBalanceOutcome> {
  const now = dependencies.clock.now()
  if (!(await isAllowed(trx, lineId, grant, now))) return { kind: 'lineNotFound' }
  const balance = await lockToSpend(trx, dependencies, lineId)
  if (balance === null) return { kind: 'lineNotFound' }
  const before = await findLiveBalance(trx, lineId)
  const isPaidToday = before?.paid_until != null && before.paid_until > now
  if (before?.is_enabled && isPaidToday) return { kind: 'enabled', lineId }
  const obstacles = await findObstacles(trx, dependencies, { lineId, agreedFee, balance, isPaidToday })
  if (obstacles.length > 0) return { kind: 'notEligible', obstacles }
  const wanted = await wantedService(trx, dependencies, { lineId, agreedFee, before })
  const service = isPaidToday ? wanted : await chargeDay(trx, dependencies, await undoable(dependencies, wanted))
  await putLiveBalance(trx, service)
  const details = { dailyFee: formatKopecks(agreedFee), consentId: service.consent_id }
  await recordAct(trx, dependencies, { lineId, act: 'LIVE_BALANCE_ENABLED', details }, viewer)
  return { kind: 'enabled', lineId }
}

interface Wanted {
  readonly lineId: string
  readonly agreedFee: bigint
}

async function findObstacles(
  trx: Transaction<Tables>,
  { clock, policies }: ActionDependencies,
  { lineId, agreedFee, balance, isPaidToday }: Wanted & { readonly balance: Balance; readonly isPaidToday: boolean },
): Promise<LiveBalanceObstacle[]> {
  const current = await policies.current()
  const fee = BigInt(current[FEE_POLICY])
  const { since, resetsAt } = currentMonth(current, clock.now())
  const spending = await findCappedSpending(trx, lineId, since)
  return failedRules(LIVE_BALANCE_RULES, {
    ...{ agreedFee, fee, balance, spending, resetsAt },
    isUnderReview: await isQuarantined(trx, lineId),
    amount: isPaidToday ? 0n : fee,
  })
}

/** As it is agreed to now; the days go on where they were. */
async function wantedService(
  trx: Transaction<Tables>,
  { clock, newId }: ActionDependencies,
  { lineId, agreedFee, before }: Wanted & { readonly before: LiveBalance | null },
): Promise<LiveBalance> {
  const now = clock.now()
  return {
    line_id: lineId,
    is_enabled: true,
    daily_fee: agreedFee,
    policy_version: await findPolicyVersion(trx, FEE_POLICY, now),
    consent_id: newId(),
    enabled_at: now,
    paid_until: before?.paid_until ?? null,
    next_charge_at: before?.paid_until ?? now,
    is_suspended: false,
    undo_until: null,
    undone_on: before?.undone_on ?? null,
    undone_consent_id: before?.undone_consent_id ?? null,
  }
}

/** What costs money can be undone for a while, once a day: else it could be had for nothing all day. */
async function undoable({ clock, policies }: ActionDependencies, service: LiveBalance): Promise<LiveBalance> {
  const { 'liveBalance.undoMinutes': minutes, 'operator.timeZone': timeZone } = await policies.current()
  const now = clock.now()
  if (service.undone_on === createCalendar(timeZone).dayOf(now)) return service
  return { ...service, undo_until: new Date(now.getTime() + minutes * MINUTE_MS) }
}

const MINUTE_MS = 60_000

function keep(outcome: EnableLiveBalanceOutcome): KeptOutcome {
  if (outcome.kind !== 'notEligible') return outcome
  const texts = (_: string, value: unknown) => (typeof value === 'bigint' ? { kopecks: String(value) } : value)
  return { kind: 'notEligible', obstacles: JSON.stringify(outcome.obstacles, texts) }
}

function unfold(obstacles: string): LiveBalanceObstacle[] {
  return JSON.parse(obstacles, (name, value) => {
    if (name === 'resetsAt') return new Date(value)
    return typeof value === 'object' && 'kopecks' in value ? BigInt(value.kopecks) : value
  })
}
