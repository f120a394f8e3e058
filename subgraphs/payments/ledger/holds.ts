import { type Kysely, sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import { invariant } from '../../../platform/invariant.ts'
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
  readonly cause: Cause
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
  /** Why, for the statement when it is captured. */
  readonly cause?: Cause
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
  readonly cause: Cause
}

/** Each by its name: a statement that is kept prepared fails when what `*` means has changed under it. */
const HOLD_COLUMNS = sql.raw('line_id, id, unit, amount, kind, source_key, state, captured, expires_at, cause')

interface PlaceValues extends Omit<NewHold, 'cause'> {
  readonly id: string
  readonly createdAt: Date
  readonly cause: string
}

const PLACE_HOLD = prepareStatement<PlaceValues, HoldRow>(
  'place-hold',
  (hold) => sql`
    insert into hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at, cause)
    values (${hold.lineId}, ${hold.id}, ${hold.unit}, ${hold.amount}, ${hold.kind}, ${hold.sourceKey},
      ${hold.createdAt}, ${hold.expiresAt}, ${hold.cause}::jsonb)
    on conflict (line_id, source_key) do nothing
    returning ${HOLD_COLUMNS}
  `,
)

const FIND_HOLD = prepareStatement<Pick<Hold, 'lineId' | 'sourceKey'>, HoldRow>(
  'find-hold',
  ({ lineId, sourceKey }) =>
    sql`select ${HOLD_COLUMNS} from hold where line_id = ${lineId} and source_key = ${sourceKey}`,
)

const CAPTURE_HOLD = prepareStatement<Pick<Hold, 'lineId' | 'id' | 'captured'> & { readonly now: Date }, HoldRow>(
  'capture-hold',
  ({ lineId, id, captured, now }) => sql`
    update hold set state = 'CAPTURED', captured = ${captured}, ended_at = ${now}
    where line_id = ${lineId} and id = ${id} and state = 'PENDING' and expires_at > ${now}
    returning ${HOLD_COLUMNS}
  `,
)

/**
 * Sets an amount aside in the caller's transaction; null when the same cause holds, or held, already. Decide under
 * `lockBalance` whether there is enough: what would put the balance below its floor is a bug here, and throws.
 */
export async function placeHold(
  trx: Transaction<Tables>,
  { clock, newId }: LedgerDependencies,
  hold: NewHold,
): Promise<Hold | null> {
  const [row] = await runPrepared(trx, PLACE_HOLD, {
    ...{ lineId: hold.lineId, id: newId(), unit: hold.unit, amount: hold.amount, kind: hold.kind },
    ...{ sourceKey: hold.sourceKey, createdAt: clock.now(), expiresAt: hold.expiresAt },
    cause: JSON.stringify(hold.cause ?? {}),
  })
  return row ? toHold(row) : null
}

/** The hold of a cause, whatever became of it. Under `lockBalance` it stays so until the end of the transaction. */
export async function findHold(
  trx: Transaction<Tables>,
  { lineId, sourceKey }: Pick<Hold, 'lineId' | 'sourceKey'>,
): Promise<Hold | null> {
  const [row] = await runPrepared(trx, FIND_HOLD, { lineId, sourceKey })
  return row ? toHold(row) : null
}

/** How a hold is turned into a posting: all of it or the part that the movements take; the rest is free again. */
export interface Capture {
  readonly movements: readonly Movement[]
  /** The hold's own if left out. */
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
  capture: Capture,
): Promise<PostOutcome | null> {
  // The balance before the hold, as everybody does: so nobody waits in a circle.
  await lockBalance(trx, lineId, unit)
  const now = dependencies.clock.now()
  const { movements } = capture
  const captured = movements.reduce((sum, { amount }) => sum + amount, 0n)
  const [row] = await runPrepared(trx, CAPTURE_HOLD, { lineId, id, captured, now })
  if (!row) return null
  const { kind, sourceKey, cause } = toHold(row)
  const posting = { lineId, kind, sourceKey, occurredAt: now, movements, cause: capture.cause ?? cause }
  const outcome = await post(trx, dependencies, posting)
  invariant(outcome.kind === 'posted', `${sourceKey} was posted before its hold was captured`)
  return outcome
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

/**
 * Sets free what was held past its time; any number of processes may. Returns how many holds expired. A line that will
 * not do holds up no other: what went wrong is thrown when all have had their turn.
 */
export async function expireHolds(db: Kysely<Tables>, now: Date): Promise<number> {
  let expired = 0
  const failures: unknown[] = []
  for await (const line of linesWithDueHolds(db, now)) {
    try {
      expired += await expireHoldsOf(db, line, now)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `holds of ${failures.length} lines could not be set free`)
  return expired
}

const LINES_AT_ONCE = 100

async function* linesWithDueHolds(db: Kysely<Tables>, now: Date): AsyncGenerator<Pick<Hold, 'lineId' | 'unit'>> {
  let last: Pick<Hold, 'lineId' | 'unit'> | null = null
  for (;;) {
    const { rows }: { rows: { line_id: string; unit: LedgerUnit }[] } = await sql<{
      line_id: string
      unit: LedgerUnit
    }>`
      select distinct line_id, unit from hold
      where state = 'PENDING' and expires_at <= ${now}
        ${last === null ? sql`` : sql`and (line_id, unit) > (${last.lineId}::uuid, ${last.unit}::ledger_unit)`}
      order by line_id, unit limit ${LINES_AT_ONCE}
    `.execute(db)
    for (const row of rows) {
      last = { lineId: row.line_id, unit: row.unit }
      yield last
    }
    if (rows.length < LINES_AT_ONCE) return
  }
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
    cause: row.cause,
  }
}
