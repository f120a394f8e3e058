import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../store/tables.ts'
import { lockBalance } from './balance.ts'
import type { LedgerKind, LedgerUnit } from './kinds.ts'
import { type LedgerDependencies, type PostOutcome, post } from './post.ts'
import type { Cause, Movement } from './posting.ts'

export type HoldState = 'PENDING' | 'CAPTURED' | 'RELEASED' | 'EXPIRED'

export interface Hold {
  readonly id: string
  readonly lineId: string
  readonly unit: LedgerUnit
  readonly amount: bigint
  readonly kind: LedgerKind
  readonly sourceKey: string
  readonly state: HoldState
  readonly captured: bigint
  readonly expiresAt: Date
}

export type HoldKey = Pick<Hold, 'id' | 'lineId' | 'unit'>

export interface NewHold {
  readonly lineId: string
  readonly unit: LedgerUnit
  readonly amount: bigint
  /** What it will be when it is captured. */
  readonly kind: LedgerKind
  /** Names the cause among all holds of the line: a cause holds once. */
  readonly sourceKey: string
  readonly expiresAt: Date
}

/**
 * Sets an amount aside in the caller's transaction; null when the same cause holds, or held, already. Decide under
 * `lockBalance` whether there is enough: what would put the balance below its floor is a bug here, and throws.
 */
export async function placeHold(
  trx: Transaction<Tables>,
  { clock, newId }: LedgerDependencies,
  hold: NewHold,
): Promise<Hold | null> {
  const { rows } = await sql<HoldRow>`
    insert into hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
    values (${hold.lineId}, ${newId()}, ${hold.unit}, ${hold.amount}, ${hold.kind}, ${hold.sourceKey}, ${clock.now()},
      ${hold.expiresAt})
    on conflict (line_id, source_key) do nothing
    returning *
  `.execute(trx)
  return rows[0] ? toHold(rows[0]) : null
}

/** The hold of a cause, whatever became of it. Under `lockBalance` it stays so until the end of the transaction. */
export async function findHold(
  trx: Transaction<Tables>,
  { lineId, sourceKey }: Pick<Hold, 'lineId' | 'sourceKey'>,
): Promise<Hold | null> {
  const { rows } = await sql<HoldRow>`
    select * from hold where line_id = ${lineId} and source_key = ${sourceKey}
  `.execute(trx)
  return rows[0] ? toHold(rows[0]) : null
}

/** How a hold is turned into a posting: all of it or the part that the movements take; the rest is free again. */
export interface Capture {
  readonly movements: readonly Movement[]
  readonly cause?: Cause
}

/**
 * Posts what was held, under the hold's own source key. Null when the hold does not wait any more: released, expired,
 * past its time, or captured before.
 */
export async function captureHold(
  trx: Transaction<Tables>,
  dependencies: LedgerDependencies,
  { id, lineId, unit }: HoldKey,
  { movements, cause }: Capture,
): Promise<PostOutcome | null> {
  // The balance before the hold, as everybody does: so nobody waits in a circle.
  await lockBalance(trx, lineId, unit)
  const now = dependencies.clock.now()
  const captured = movements.reduce((sum, { amount }) => sum + amount, 0n)
  const { rows } = await sql<HoldRow>`
    update hold set state = 'CAPTURED', captured = ${captured}, ended_at = ${now}
    where line_id = ${lineId} and id = ${id} and state = 'PENDING' and expires_at > ${now}
    returning *
  `.execute(trx)
  if (!rows[0]) return null
  const { kind, sourceKey } = toHold(rows[0])
  return post(trx, dependencies, { lineId, kind, sourceKey, occurredAt: now, movements, ...(cause && { cause }) })
}

/** Sets free what was held. False when the hold does not wait any more. */
export async function releaseHold(
  trx: Transaction<Tables>,
  { id, lineId, unit }: HoldKey,
  now: Date,
): Promise<boolean> {
  await lockBalance(trx, lineId, unit)
  const { numUpdatedRows } = await trx
    .updateTable('hold')
    .set({ state: 'RELEASED', ended_at: now })
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .where('state', '=', 'PENDING')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const LINES_AT_ONCE = 100

/** Sets free what was held past its time, of some lines; any number of processes may. Returns how many holds expired. */
export async function expireHolds(db: Kysely<Tables>, now: Date): Promise<number> {
  const due = await db
    .selectFrom('hold')
    .select(['line_id', 'unit'])
    .distinct()
    .where('state', '=', 'PENDING')
    .where('expires_at', '<=', now)
    .limit(LINES_AT_ONCE)
    .execute()
  let expired = 0
  for (const { line_id: lineId, unit } of due) expired += await expireHoldsOf(db, { lineId, unit }, now)
  return expired
}

async function expireHoldsOf(
  db: Kysely<Tables>,
  { lineId, unit }: Pick<Hold, 'lineId' | 'unit'>,
  now: Date,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await lockBalance(trx, lineId, unit)
    const { numUpdatedRows } = await trx
      .updateTable('hold')
      .set({ state: 'EXPIRED', ended_at: now })
      .where('line_id', '=', lineId)
      .where('unit', '=', unit)
      .where('state', '=', 'PENDING')
      .where('expires_at', '<=', now)
      .executeTakeFirst()
    return Number(numUpdatedRows)
  })
}

interface HoldRow {
  readonly line_id: string
  readonly id: string
  readonly unit: LedgerUnit
  readonly amount: bigint
  readonly kind: LedgerKind
  readonly source_key: string
  readonly state: HoldState
  readonly captured: bigint
  readonly expires_at: Date
}

function toHold(row: HoldRow): Hold {
  return {
    id: row.id,
    lineId: row.line_id,
    unit: row.unit,
    amount: row.amount,
    kind: row.kind,
    sourceKey: row.source_key,
    state: row.state,
    captured: row.captured,
    expiresAt: row.expires_at,
  }
}
