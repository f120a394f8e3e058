import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { type DueItem, type DuePage, isDueAfter } from './due-page.ts'
import type { RecurringTables } from './recurring-tables.ts'
import type { Tables } from './tables.ts'

/**
 * The paid service of a line. Whoever changes it holds the line's balance (`lockBalance`), so that changes, and the money
 * that wakes it, follow one another.
 */
export type LiveBalance = Selectable<RecurringTables['live_balance']>

/** Null when the line never had it. */
export async function findLiveBalance(trx: Transaction<Tables>, lineId: string): Promise<LiveBalance | null> {
  const row = await trx.selectFrom('live_balance').selectAll().where('line_id', '=', lineId).executeTakeFirst()
  return row ?? null
}

export async function putLiveBalance(trx: Transaction<Tables>, liveBalance: LiveBalance): Promise<void> {
  const { line_id, ...changed } = liveBalance
  await trx
    .insertInto('live_balance')
    .values({ line_id, ...changed })
    .onConflict((conflict) => conflict.column('line_id').doUpdateSet(changed))
    .execute()
}

/** Kopecks that one switching on has cost a line since. */
export async function sumCharged(
  trx: Transaction<Tables>,
  { lineId, consentId, since }: { readonly lineId: string; readonly consentId: string; readonly since: Date },
): Promise<bigint> {
  const { rows } = await sql<{ charged: bigint }>`
    select coalesce(sum(entry.amount), 0)::bigint as charged
    from ledger_entry as entry
    join ledger_transaction as cause on cause.line_id = entry.line_id and cause.id = entry.transaction_id
    where entry.line_id = ${lineId} and entry.unit = 'KOPECK' and entry.kind = 'SUBSCRIPTION_FEE'
      and entry.posted_at >= ${since} and cause.consent_id = ${consentId}
  `.execute(trx)
  return rows[0]?.charged ?? 0n
}

/** A page of the lines whose next day is to be charged, in the order in which it began; those under review pay for nothing. */
export async function readDueLiveBalances(
  db: Kysely<Tables>,
  now: Date,
  { after, limit }: DuePage<DueItem>,
): Promise<DueItem[]> {
  const { rows } = await sql<DueItem>`
    select line_id as id, next_charge_at::text as "dueAt" from live_balance
    where next_charge_at <= ${now} and ${isDueAfter({ dueAt: 'next_charge_at', id: 'line_id' }, after)}
      and not exists (select from ledger_quarantine as quarantine where quarantine.line_id = live_balance.line_id)
    order by next_charge_at, line_id limit ${limit}
  `.execute(db)
  return rows
}

/** The service of a line for one viewer; the columns are null when the line never had it. */
export type LiveBalanceRow = { readonly key: number } & {
  readonly [Column in 'is_enabled' | 'is_suspended' | 'daily_fee' | 'paid_until' | 'next_charge_at' | 'undo_until']:
    | LiveBalance[Column]
    | null
}

const LIVE_BALANCES = prepareStatement<LineKeyValues, LiveBalanceRow>(
  'live-balances',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, is_enabled, is_suspended, daily_fee, paid_until, next_charge_at, undo_until
    from allowed
    join ledger_balance as balance on balance.line_id = allowed.line_id and balance.unit = 'KOPECK'
    left join live_balance on live_balance.line_id = allowed.line_id
  `,
)

export function readLiveBalances(reader: Reader, keys: readonly LineKey[], now: Date): Promise<LiveBalanceRow[]> {
  return reader.read(LIVE_BALANCES, toLineKeyValues(keys, now))
}
