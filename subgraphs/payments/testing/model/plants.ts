import { sql } from 'kysely'
import type { LedgerParts } from './world.ts'

/** Reads as `lockBalance` does, but locks nothing; and takes its time, as a loaded server does. */
export const readUnlocked: LedgerParts['lockBalance'] = async (trx, lineId, unit) => {
  const { rows } = await sql<{ posted: bigint; reserved: bigint; debt_limit: bigint; promised: bigint }>`
    select posted, reserved, debt_limit, promised from ledger_balance where line_id = ${lineId} and unit = ${unit}
  `.execute(trx)
  await sql`select pg_sleep(0.01)`.execute(trx)
  const [row] = rows
  return row ? { ...row, debtLimit: row.debt_limit } : null
}
