import { type Kysely, sql, type Transaction } from 'kysely'
import type { LedgerKind } from '../ledger/kinds.ts'
import { type DueItem, type DuePage, FIRST_ID, isDueAfter, type LineToLookAt } from './due-page.ts'
import type { Tables } from './tables.ts'

/** A page of the lines with entries of money that were not looked at for points, in the order of their ids. */
export async function readUncounted(
  db: Kysely<Tables>,
  { after, limit }: DuePage<LineToLookAt>,
): Promise<LineToLookAt[]> {
  const { rows } = await sql<LineToLookAt>`
    select balance.line_id as id from ledger_balance as balance
    left join bonus_progress as progress on progress.line_id = balance.line_id
    where balance.unit = 'KOPECK' and balance.entry_sequence > coalesce(progress.counted, 0)
      and balance.line_id > ${after?.id ?? FIRST_ID}
    order by balance.line_id limit ${limit}
  `.execute(db)
  return rows
}

/** What is new since a line was looked at, under the lock of its balance. */
export interface Uncounted {
  readonly remainder: bigint
  /** Kopecks taken less kopecks given back, by entries of the kinds asked for. */
  readonly spent: bigint
  /** The last entry that this covers. */
  readonly upTo: bigint
}

/** Takes the line's money until the end of the transaction. Null when there is nothing new. */
export async function lockUncounted(
  trx: Transaction<Tables>,
  lineId: string,
  kinds: readonly LedgerKind[],
): Promise<Uncounted | null> {
  const { rows: locked } = await sql<{ up_to: bigint }>`
    select entry_sequence as up_to from ledger_balance where line_id = ${lineId} and unit = 'KOPECK' for update
  `.execute(trx)
  const { rows } = await sql<{ counted: bigint; remainder: bigint; spent: bigint }>`
    select coalesce(progress.counted, 0) as counted, coalesce(progress.remainder, 0) as remainder, (
      select coalesce(sum(case when debit_account = 'CUSTOMER' then amount else -amount end), 0)::bigint
      from ledger_entry where line_id = ${lineId} and unit = 'KOPECK' and sequence > coalesce(progress.counted, 0)
        and kind::text = any(${kinds}::text[])
    ) as spent
    from (select ${lineId}::uuid as line_id) as asked left join bonus_progress as progress using (line_id)
  `.execute(trx)
  const [balance, progress] = [locked[0], rows[0]]
  if (!balance || !progress || balance.up_to <= progress.counted) return null
  return { remainder: progress.remainder, spent: progress.spent, upTo: balance.up_to }
}

export async function keepProgress(
  trx: Transaction<Tables>,
  { lineId, upTo, remainder }: { readonly lineId: string; readonly upTo: bigint; readonly remainder: bigint },
): Promise<void> {
  await sql`
    insert into bonus_progress (line_id, counted, remainder) values (${lineId}, ${upTo}, ${remainder})
    on conflict (line_id) do update set counted = excluded.counted, remainder = excluded.remainder
  `.execute(trx)
}

/**
 * A page of the lines with points whose time is over, in the order in which it was: one with several such days comes as
 * often. Points that are set aside are not over yet.
 */
export async function readLinesWithExpired(
  db: Kysely<Tables>,
  now: Date,
  { after, limit }: DuePage<DueItem>,
): Promise<DueItem[]> {
  const { rows } = await sql<DueItem>`
    select line_id as id, expires_at::text as "dueAt" from bonus_lot as lot
    where remaining > 0 and expires_at <= ${now} and ${isDueAfter({ dueAt: 'expires_at', id: 'line_id' }, after)}
      and free_points(lot) > 0
    order by expires_at, line_id limit ${limit}
  `.execute(db)
  return rows
}
