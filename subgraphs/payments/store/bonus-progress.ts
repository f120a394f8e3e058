import { type Kysely, sql, type Transaction } from 'kysely'
import type { LedgerKind } from '../ledger/kinds.ts'
import type { Tables } from './tables.ts'

/** Some lines with entries of money that were not looked at for points, each after the line given. */
export async function findUncounted(db: Kysely<Tables>, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ line_id: string }>`
    select balance.line_id from ledger_balance as balance
    left join bonus_progress as progress on progress.line_id = balance.line_id
    where balance.unit = 'KOPECK' and balance.entry_sequence > coalesce(progress.counted, 0)
      and (${after}::uuid is null or balance.line_id > ${after}::uuid)
    order by balance.line_id limit ${limit}
  `.execute(db)
  return rows.map(({ line_id }) => line_id)
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

/** Some lines with points whose time is over. */
export async function findExpired(db: Kysely<Tables>, now: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('bonus_lot')
    .select('line_id')
    .distinct()
    .where('remaining', '>', 0n)
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute()
  return rows.map(({ line_id }) => line_id)
}
