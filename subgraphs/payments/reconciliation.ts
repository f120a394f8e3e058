import type { Kysely } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { NewId } from '../../platform/ids.ts'
import { type Comparison, compare, type LedgerRecord, type RegistryEntry } from './ledger/compare-registry.ts'
import { findRecords, keepReconciliation, listRecords } from './store/reconciliations.ts'
import type { Tables } from './store/tables.ts'

export type { Comparison, Difference, RegistryEntry, RegistryKind, Verdict } from './ledger/compare-registry.ts'

export interface ReconciledDay {
  /** As `2026-11-22`. */
  readonly day: string
  readonly from: Date
  readonly before: Date
  /** Where the registry is from, for whoever reads of it later. */
  readonly source: string
  readonly registry: readonly RegistryEntry[]
}

const IDS_AT_ONCE = 1_000

/**
 * Compares a day with the acquirer's registry and keeps what came of it. It posts nothing: what does not agree is for
 * people.
 */
export async function reconcile(
  { db, clock, newId }: { readonly db: Kysely<Tables>; readonly clock: Clock; readonly newId: NewId },
  { day, from, before, source, registry }: ReconciledDay,
): Promise<Comparison & { readonly id: string }> {
  const known: LedgerRecord[] = []
  for (let start = 0; start < registry.length; start += IDS_AT_ONCE) {
    const ids = registry.slice(start, start + IDS_AT_ONCE).map(({ acquirerId }) => acquirerId)
    known.push(...(await findRecords(db, ids)))
  }
  const comparison = compare(registry, known, await listRecords(db, from, before))
  const id = newId()
  await db.transaction().execute((trx) => keepReconciliation(trx, { ...comparison, id, day, source, now: clock.now() }))
  return { ...comparison, id }
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** When the acquirer's day begins and ends; null for what is no day. */
export function spanOfDay(
  day: string,
  utcOffsetMinutes: number,
): { readonly from: Date; readonly before: Date } | null {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  // 31 February is read as a day of March by some.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null
  const from = midnight - utcOffsetMinutes * MINUTE_MS
  return { from: new Date(from), before: new Date(from + DAY_MS) }
}
