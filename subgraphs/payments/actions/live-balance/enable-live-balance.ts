import type { Transaction } from 'kysely'
import { createCalendar } from '../../../../platform/calendar.ts'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { formatKopecks, parseKopecks } from '../../../../platform/money.ts'
import type { Balance } from '../../ledger/balance.ts'
import { isAllowed, mayView } from '../../store/line-access.ts'
import { findLiveBalance, type LiveBalance, putLiveBalance } from '../../store/live-balances.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Allowance, findAllowance, lockAllowance, spendAllowance } from '../allowance.ts'
import { type Asker, asAccount } from '../asker.ts'
import { shareOf } from '../card-payments/member-share.ts'
import { findLineInService } from '../line-in-service.ts'
import { type KeyedCommand, type KeyRefusal, once, recall } from '../once.ts'
import { lockToSpend } from '../promised-payments/settle-promised-payment.ts'
import { recordAct } from '../record-act.ts'
import { failedRules } from '../rules.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
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
  const { db, clock } = dependencies
  const lineId = parseId(given)
  const principal = asAccount(by)
  if (lineId === null) return { kind: 'lineNotFound' }
  const isManager = await db.transaction().execute((trx) => isAllowed(trx, lineId, by.grant, clock.now()))
  if (!isManager) return { kind: 'lineNotFound' }
  const agreedFee = parseKopecks(dailyFee)
  if (agreedFee === null || agreedFee < 0n) return { kind: 'invalidAmount' }
  const command: KeyedCommand = {
    personId: principal.personId,
    operation: 'enableLiveBalance',
    key: idempotencyKey,
    body: [principal.accountId, lineId, String(agreedFee)],
  }
  const known = await recall<KeptOutcome>(dependencies, command)
  if (known) return unfold(known)

  const policies = await dependencies.policies.current()
  const [line, allowance] = await Promise.all([
    findLineInService(dependencies, lineId),
    findAllowance(dependencies, principal, currentMonth(policies, clock.now()).month),
  ])
  if (line === null || allowance.kind === 'none') return { kind: 'lineNotFound' }
  const outcome = await once<KeptOutcome>(dependencies, command, async (trx) =>
    keep(await enable(trx, dependencies, { lineId, agreedFee, allowance, policies }, by)),
  )
  if (outcome.kind === 'enabled') dependencies.onEvent()
  return unfold(outcome)
}

interface Wish {
  readonly lineId: string
  readonly agreedFee: bigint
  readonly allowance: Allowance
  readonly policies: PaymentsPolicies
}

async function enable(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  wish: Wish,
  by: Asker,
): Promise<EnableLiveBalanceOutcome> {
  const { lineId, agreedFee } = wish
  const now = dependencies.clock.now()
  if (!(await isAllowed(trx, lineId, by.grant, now))) return { kind: 'lineNotFound' }
  const balance = await lockToSpend(trx, dependencies, lineId)
  if (balance === null) return { kind: 'lineNotFound' }
  const before = await findLiveBalance(trx, lineId)
  const isPaidToday = before?.paid_until != null && before.paid_until > now
  if (before?.is_enabled && isPaidToday) return { kind: 'enabled', lineId }
  const obstacles = await findObstacles(trx, dependencies, { ...wish, balance, isPaidToday, principal: asAccount(by) })
  if (obstacles.length > 0) return { kind: 'notEligible', obstacles }
  const wanted = wantedService(dependencies, wish, before)
  const service = isPaidToday ? wanted : await payToday(trx, dependencies, wish, wanted)
  await putLiveBalance(trx, service)
  const details = { dailyFee: formatKopecks(agreedFee), consentId: service.consent_id }
  await recordAct(trx, dependencies, { lineId, act: 'LIVE_BALANCE_ENABLED', details }, by.viewer)
  return { kind: 'enabled', lineId }
}

interface WishOfLine extends Wish {
  readonly balance: Balance
  readonly isPaidToday: boolean
  readonly principal: AccountPrincipal
}

async function findObstacles(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, agreedFee, allowance, policies, balance, isPaidToday, principal }: WishOfLine,
): Promise<LiveBalanceObstacle[]> {
  const fee = BigInt(policies[FEE_POLICY])
  const amount = isPaidToday ? 0n : fee
  return failedRules(LIVE_BALANCE_RULES, {
    ...{ agreedFee, fee, amount, balance },
    isUnderReview: await isQuarantined(trx, lineId),
    isBalanceVisible: await mayView(trx, lineId, principal.accountId, dependencies.clock.now()),
    memberLeft: await lockAllowance(trx, allowance),
    capReached: await checkSpendCap(trx, dependencies, { lineId, amount }, principal),
  })
}

/** As it is agreed to now; the days go on where they were. */
function wantedService(
  { clock, newId }: ActionDependencies,
  { lineId, agreedFee, allowance, policies }: Wish,
  before: LiveBalance | null,
): LiveBalance {
  const now = clock.now()
  return {
    line_id: lineId,
    is_enabled: true,
    daily_fee: agreedFee,
    policy_version: policies.versions[FEE_POLICY],
    consent_id: newId(),
    enabled_at: now,
    paid_until: before?.paid_until ?? null,
    next_charge_at: before?.paid_until ?? now,
    is_suspended: false,
    undo_until: null,
    undone_on: before?.undone_on ?? null,
    undone_consent_id: before?.undone_consent_id ?? null,
    ...shareOf(allowance),
  }
}

/** The first day is of the month of the member who wants it; those that come round are the line's alone. */
async function payToday(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { agreedFee, allowance, policies }: Wish,
  wanted: LiveBalance,
): Promise<LiveBalance> {
  await spendAllowance(trx, allowance, agreedFee)
  return chargeDay(trx, dependencies, undoable(wanted, policies))
}

/** What costs money can be undone for a while, once a day: else it could be had for nothing all day. */
function undoable(service: LiveBalance, policies: PaymentsPolicies): LiveBalance {
  const { 'liveBalance.undoMinutes': minutes, 'operator.timeZone': timeZone } = policies
  const { enabled_at: now } = service
  if (service.undone_on === createCalendar(timeZone).dayOf(now)) return service
  return { ...service, undo_until: new Date(now.getTime() + minutes * MINUTE_MS) }
}

const MINUTE_MS = 60_000

function keep(outcome: EnableLiveBalanceOutcome): KeptOutcome {
  if (outcome.kind !== 'notEligible') return outcome
  const texts = (_: string, value: unknown) => (typeof value === 'bigint' ? { kopecks: String(value) } : value)
  return { kind: 'notEligible', obstacles: JSON.stringify(outcome.obstacles, texts) }
}

function unfold(outcome: KeptOutcome | KeyRefusal): EnableLiveBalanceOutcome | KeyRefusal {
  if (outcome.kind !== 'notEligible') return outcome
  const obstacles: LiveBalanceObstacle[] = JSON.parse(outcome.obstacles, (name, value) => {
    if (name === 'resetsAt') return new Date(value)
    return value !== null && typeof value === 'object' && 'kopecks' in value ? BigInt(value.kopecks) : value
  })
  return { kind: 'notEligible', obstacles }
}
