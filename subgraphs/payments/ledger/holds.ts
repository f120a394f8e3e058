import { sql, type Transaction } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import { invariant } from '../../../platform/invariant.ts'
import type { Tables } from '../store/tables.ts'
import { lockBalance } from './balance.ts'
import type { LedgerKind, LedgerUnit } from './kinds.ts'
import { type LedgerDependencies, type PostOutcome, postAll } from './post.ts'
import type { Cause, Movement, Posting } from './posting.ts'

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

/** When a hold expires that ends by somebody's answer, and never by time. */
export const NEVER = new Date('9999-12-31T00:00:00Z')

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

interface PlaceValues {
  readonly lineIds: readonly string[]
  readonly ids: readonly string[]
  readonly units: readonly LedgerUnit[]
  readonly amounts: readonly bigint[]
  readonly kinds: readonly LedgerKind[]
  readonly sourceKeys: readonly string[]
  readonly createdAt: Date
  readonly expireAt: readonly Date[]
  readonly causes: readonly string[]
}

const PLACE_HOLDS = prepareStatement<PlaceValues, HoldRow>(
  'place-holds',
  (holds) => sql`
    insert into hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at, cause)
    select line_id, id, unit::ledger_unit, amount, kind, source_key, ${holds.createdAt}::timestamptz, expires_at,
      cause::jsonb
    from unnest(${holds.lineIds}::uuid[], ${holds.ids}::uuid[], ${holds.units}::text[], ${holds.amounts}::bigint[],
      ${holds.kinds}::text[], ${holds.sourceKeys}::text[], ${holds.expireAt}::timestamptz[], ${holds.causes}::text[]
    ) as wanted (line_id, id, unit, amount, kind, source_key, expires_at, cause)
    on conflict (line_id, source_key) do nothing
    returning ${HOLD_COLUMNS}
  `,
)

const FIND_HOLDS = prepareStatement<
  { readonly lineIds: readonly string[]; readonly sourceKeys: readonly string[] },
  HoldRow & { readonly place: number }
>(
  'find-holds',
  ({ lineIds, sourceKeys }) => sql`
    select wanted.place::int, hold.* from (
      select * from unnest(${lineIds}::uuid[], ${sourceKeys}::text[]) with ordinality
    ) as wanted (wanted_line_id, wanted_source_key, place)
    join (select ${HOLD_COLUMNS} from hold) as hold
      on line_id = wanted_line_id and source_key = wanted_source_key
  `,
)

interface CaptureValues {
  readonly lineIds: readonly string[]
  readonly ids: readonly string[]
  readonly captured: readonly bigint[]
  readonly now: Date
}

const CAPTURE_HOLDS = prepareStatement<CaptureValues, HoldRow>(
  'capture-holds',
  ({ lineIds, ids, captured, now }) => sql`
    update hold set state = 'CAPTURED', captured = wanted_captured, ended_at = ${now}
    from unnest(${lineIds}::uuid[], ${ids}::uuid[], ${captured}::bigint[])
      as wanted (wanted_line_id, wanted_id, wanted_captured)
    where line_id = wanted_line_id and id = wanted_id and state = 'PENDING' and expires_at > ${now}
    returning ${HOLD_COLUMNS}
  `,
)

/**
 * Sets an amount aside in the caller's transaction; null when the same cause holds, or held, already. Decide under
 * `lockBalance` whether there is enough: what would put the balance below its floor is a bug here, and throws.
 */
export async function placeHold(
  trx: Transaction<Tables>,
  dependencies: LedgerDependencies,
  hold: NewHold,
): Promise<Hold | null> {
  const [placed = null] = await placeHolds(trx, dependencies, [hold])
  return placed
}

/** The same for as many lines in one statement, in their order. */
export async function placeHolds(
  trx: Transaction<Tables>,
  { clock, newId }: LedgerDependencies,
  holds: readonly NewHold[],
): Promise<(Hold | null)[]> {
  if (holds.length === 0) return []
  const ids = holds.map(() => newId())
  const rows = await runPrepared(trx, PLACE_HOLDS, {
    ids,
    lineIds: holds.map(({ lineId }) => lineId),
    units: holds.map(({ unit }) => unit),
    amounts: holds.map(({ amount }) => amount),
    kinds: holds.map(({ kind }) => kind),
    sourceKeys: holds.map(({ sourceKey }) => sourceKey),
    createdAt: clock.now(),
    expireAt: holds.map(({ expiresAt }) => expiresAt),
    causes: holds.map(({ cause }) => JSON.stringify(cause ?? {})),
  })
  const placed = new Map(rows.map((row) => [row.id, toHold(row)]))
  return ids.map((id) => placed.get(id) ?? null)
}

/** The hold of a cause, whatever became of it. Under `lockBalance` it stays so until the end of the transaction. */
export async function findHold(
  trx: Transaction<Tables>,
  key: Pick<Hold, 'lineId' | 'sourceKey'>,
): Promise<Hold | null> {
  const [hold = null] = await findHolds(trx, [key])
  return hold
}

/** The same of several causes, in their order. */
export async function findHolds(
  trx: Transaction<Tables>,
  keys: readonly Pick<Hold, 'lineId' | 'sourceKey'>[],
): Promise<(Hold | null)[]> {
  const rows = await runPrepared(trx, FIND_HOLDS, {
    lineIds: keys.map(({ lineId }) => lineId),
    sourceKeys: keys.map(({ sourceKey }) => sourceKey),
  })
  const holds = new Array<Hold | null>(keys.length).fill(null)
  for (const row of rows) holds[row.place - 1] = toHold(row)
  return holds
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
  hold: HoldKey,
  capture: Capture,
): Promise<PostOutcome | null> {
  // The balance before the hold, as everybody does: so nobody waits in a circle.
  await lockBalance(trx, hold.lineId, hold.unit)
  const [outcome = null] = await captureLockedHolds(trx, dependencies, [{ ...hold, ...capture }])
  return outcome
}

/** The same for several holds, in their order, whose balances are locked already. */
export async function captureLockedHolds(
  trx: Transaction<Tables>,
  dependencies: LedgerDependencies,
  captures: readonly (HoldKey & Capture)[],
): Promise<(PostOutcome | null)[]> {
  const now = dependencies.clock.now()
  const rows = await runPrepared(trx, CAPTURE_HOLDS, {
    now,
    lineIds: captures.map(({ lineId }) => lineId),
    ids: captures.map(({ id }) => id),
    captured: captures.map(({ movements }) => movements.reduce((sum, { amount }) => sum + amount, 0n)),
  })
  const capturesById = new Map(captures.map((capture) => [capture.id, capture]))
  const postings = rows.map((row): Posting & { readonly id: string } => {
    const { id, lineId, kind, sourceKey, cause } = toHold(row)
    const capture = capturesById.get(id)
    invariant(capture, 'what was captured was asked for')
    return { id, lineId, kind, sourceKey, occurredAt: now, movements: capture.movements, cause: capture.cause ?? cause }
  })
  const outcomes = await postAll(trx, dependencies, postings)
  const byId = new Map(postings.map(({ id }, place) => [id, outcomes[place]]))
  return captures.map(({ id }) => {
    const outcome = byId.get(id) ?? null
    invariant(outcome?.kind !== 'alreadyPosted', `${id} was posted before its hold was captured`)
    return outcome
  })
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
