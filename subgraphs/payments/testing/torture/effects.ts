import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../store/tables.ts'

/** What was posted to lines, by `<line> <cause>`: how many kopecks came, or less than none for what went. */
export type Effects = ReadonlyMap<string, bigint>

/** All that the ledger has of these lines but what they were opened with. */
export async function readEffects(db: Kysely<Tables>, lineIds: readonly string[]): Promise<Effects> {
  const { rows } = await sql<{ cause: string; amount: bigint }>`
    select cause.line_id || ' ' || cause.source_key as cause,
      sum(case when entry.credit_account = 'CUSTOMER' then entry.amount else -entry.amount end)::bigint as amount
    from ledger_transaction as cause
    join ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
    where cause.line_id = any(${lineIds}::uuid[]) and cause.kind <> 'OPENING_BALANCE'
    group by 1
  `.execute(db)
  return new Map(rows.map(({ cause, amount }) => [cause, amount]))
}

/** What is missing, what nobody expected, and what has another amount. */
export function findDifferences(expected: Effects, found: Effects): string[] {
  const missing = [...expected].flatMap(([cause, amount]) =>
    found.get(cause) === amount ? [] : [`${cause} has moved ${found.get(cause) ?? 'nothing'}, not ${amount}`],
  )
  const additional = [...found].flatMap(([cause, amount]) =>
    expected.has(cause) ? [] : [`${cause} has moved ${amount}, and should not have`],
  )
  return [...missing, ...additional]
}

/** Money that is set aside when nothing is under way any more. */
export async function findHeld(db: Kysely<Tables>, lineIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('ledger_balance')
    .select(['line_id', 'reserved'])
    .where('line_id', 'in', lineIds)
    .where('reserved', '<>', 0n)
    .execute()
  return rows.map(({ line_id: lineId, reserved }) => `${lineId} has ${reserved} set aside that nobody waits for`)
}
