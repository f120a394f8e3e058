import { sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { Tables } from '../store/tables.ts'
import type { LedgerUnit } from './kinds.ts'

/** What a line has of a unit. */
export interface Balance {
  readonly posted: bigint
  /** Set aside by holds. */
  readonly reserved: bigint
  /** How far below zero it may stand because of a debt that it came with. */
  readonly debtLimit: bigint
  /** How much further because of a promised payment. */
  readonly promised: bigint
}

/** One that nobody else changes until the end of the transaction. */
export interface LockedBalance extends Balance {
  /** When the promise is due that lets it be owed; null where there is none. Whoever spends looks at it: `lockToSpend`. */
  readonly promisedUntil: Date | null
}

/** What is there and not set aside; below zero for a debt. */
export function available({ posted, reserved }: Balance): bigint {
  return posted - reserved
}

/** What services may be paid with: a promised payment counts. */
export function spendable(balance: Balance): bigint {
  return available(balance) + balance.debtLimit + balance.promised
}

/** What is the subscriber's own: the only money that moves to others. */
export function ownMoney(balance: Balance): bigint {
  const left = available(balance)
  return left > 0n ? left : 0n
}

interface BalanceRow {
  readonly posted: bigint
  readonly reserved: bigint
  readonly debt_limit: bigint
  readonly promised: bigint
  readonly promised_until: Date | null
}

/** Nothing more is read of a line that was promised nothing. */
const COLUMNS = sql.raw(`
  posted, balance.reserved, debt_limit, promised, case when promised > 0 then (
    select due_at from promised_payment as promise where promise.line_id = balance.line_id and ended_at is null
  ) end as promised_until
`)

const LOCK_BALANCE = prepareStatement<{ readonly lineId: string; readonly unit: LedgerUnit }, BalanceRow>(
  'lock-balance',
  ({ lineId, unit }) => sql`
    select ${COLUMNS} from ledger_balance as balance
    where line_id = ${lineId} and unit = ${unit} for update
  `,
)

/**
 * Takes a line's balance until the end of the transaction, so that what is decided on it stays true: every posting and
 * every hold of the line waits. Null when the line has no book: then nothing is locked, and nothing may be posted to it,
 * or two that do would wait for one another. Take several lines, and both units, in the order of (line, unit).
 */
export async function lockBalance(
  trx: Transaction<Tables>,
  lineId: string,
  unit: LedgerUnit,
): Promise<LockedBalance | null> {
  const [row] = await runPrepared(trx, LOCK_BALANCE, { lineId, unit })
  return row ? toBalance(row) : null
}

/** The balance of a unit of a line. */
export interface BalanceKey {
  readonly lineId: string
  readonly unit: LedgerUnit
}

const LOCK_FREE_BALANCES = prepareStatement<
  { readonly lineIds: readonly string[]; readonly units: readonly LedgerUnit[] },
  BalanceRow & { readonly line_id: string }
>(
  'lock-free-balances',
  ({ lineIds, units }) => sql`
    select balance.line_id, ${COLUMNS}
    from unnest(${lineIds}::uuid[], ${units}::text[]) as wanted (line_id, unit)
    join ledger_balance as balance on balance.line_id = wanted.line_id and balance.unit = wanted.unit::ledger_unit
    for update of balance skip locked
  `,
)

/**
 * Takes the balances of several lines, one of each, as `lockBalance` does, those that nobody else has: it waits for none.
 * Lines that others have, and such as have no book, are not among the answer.
 */
export async function lockFreeBalances(
  trx: Transaction<Tables>,
  keys: readonly BalanceKey[],
): Promise<Map<string, LockedBalance>> {
  const rows = await runPrepared(trx, LOCK_FREE_BALANCES, {
    lineIds: keys.map(({ lineId }) => lineId),
    units: keys.map(({ unit }) => unit),
  })
  return new Map(rows.map((row) => [row.line_id, toBalance(row)]))
}

/** Names a hold by its cause. */
interface HoldSource {
  readonly lineId: string
  readonly sourceKey: string
}

const LOCK_HELD_BALANCE = prepareStatement<HoldSource, BalanceRow>(
  'lock-held-balance',
  ({ lineId, sourceKey }) => sql`
    select ${COLUMNS} from ledger_balance as balance
    where line_id = ${lineId} and unit = (select unit from hold where line_id = ${lineId} and source_key = ${sourceKey})
    for update
  `,
)

/** Takes the balance of which a hold is, as `lockBalance` does. Null when there is no such hold. */
export async function lockHeldBalance(
  trx: Transaction<Tables>,
  { lineId, sourceKey }: HoldSource,
): Promise<LockedBalance | null> {
  const [row] = await runPrepared(trx, LOCK_HELD_BALANCE, { lineId, sourceKey })
  return row ? toBalance(row) : null
}

const LOCK_FREE_HELD_BALANCES = prepareStatement<
  { readonly lineIds: readonly string[]; readonly sourceKeys: readonly string[] },
  BalanceRow & { readonly line_id: string }
>(
  'lock-free-held-balances',
  ({ lineIds, sourceKeys }) => sql`
    select balance.line_id, ${COLUMNS}
    from unnest(${lineIds}::uuid[], ${sourceKeys}::text[]) as wanted (line_id, source_key)
    join hold on hold.line_id = wanted.line_id and hold.source_key = wanted.source_key
    join ledger_balance as balance on balance.line_id = hold.line_id and balance.unit = hold.unit
    for update of balance skip locked
  `,
)

/** The same of several lines, a hold of each, as `lockFreeBalances` does. */
export async function lockFreeHeldBalances(
  trx: Transaction<Tables>,
  holds: readonly HoldSource[],
): Promise<Map<string, LockedBalance>> {
  const rows = await runPrepared(trx, LOCK_FREE_HELD_BALANCES, {
    lineIds: holds.map(({ lineId }) => lineId),
    sourceKeys: holds.map(({ sourceKey }) => sourceKey),
  })
  return new Map(rows.map((row) => [row.line_id, toBalance(row)]))
}

function toBalance({ debt_limit: debtLimit, promised_until: promisedUntil, ...row }: BalanceRow): LockedBalance {
  return { posted: row.posted, reserved: row.reserved, promised: row.promised, debtLimit, promisedUntil }
}
