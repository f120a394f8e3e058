/** Money that moved at the acquirer: a row of its registry. */
export interface RegistryEntry {
  readonly kind: RegistryKind
  /** The acquirer's id of the payment or of the refund. */
  readonly acquirerId: string
  readonly kopecks: bigint
}

export type RegistryKind = 'PAYMENT' | 'REFUND'

/** Money that moved in our ledger because of the acquirer. */
export interface LedgerRecord extends RegistryEntry {
  readonly lineId: string
  readonly paymentId: string
}

export type Verdict = 'MISSING_HERE' | 'MISSING_THERE' | 'DIFFERING'

export interface Difference {
  readonly kind: RegistryKind
  readonly acquirerId: string
  readonly verdict: Verdict
  /** In kopecks; null where it is missing. */
  readonly ours: bigint | null
  readonly theirs: bigint | null
  readonly lineId: string | null
  readonly paymentId: string | null
}

export interface Comparison {
  readonly matched: number
  /** What came in, less what went back. */
  readonly matchedKopecks: bigint
  readonly differences: readonly Difference[]
}

/**
 * Lays the registry of a day beside our ledger. `known` is whatever we have of the registry's entries, on whatever day
 * it was posted: midnight is not the same moment for both. `ofDay` is what we have by the acquirer's own time of the
 * day. A registry that names one thing twice differs from whatever we have.
 */
export function compare(
  registry: readonly RegistryEntry[],
  known: readonly LedgerRecord[],
  ofDay: readonly LedgerRecord[],
): Comparison {
  const theirs = sumUp(registry)
  const ours = new Map([...known, ...ofDay].map((record) => [nameOf(record), record]))
  const differences: Difference[] = []
  let [matched, matchedKopecks] = [0, 0n]
  for (const [name, entry] of theirs) {
    const record = ours.get(name)
    if (record?.kopecks === entry.kopecks) {
      matched++
      matchedKopecks += entry.kind === 'PAYMENT' ? entry.kopecks : -entry.kopecks
    } else differences.push(differ(record ? 'DIFFERING' : 'MISSING_HERE', entry, record))
  }
  for (const record of ofDay) {
    if (!theirs.has(nameOf(record))) differences.push(differ('MISSING_THERE', null, record))
  }
  return { matched, matchedKopecks, differences }
}

function sumUp(registry: readonly RegistryEntry[]): Map<string, RegistryEntry> {
  const sums = new Map<string, RegistryEntry>()
  for (const entry of registry) {
    const before = sums.get(nameOf(entry))
    sums.set(nameOf(entry), { ...entry, kopecks: entry.kopecks + (before?.kopecks ?? 0n) })
  }
  return sums
}

function differ(verdict: Verdict, entry: RegistryEntry | null, record: LedgerRecord | undefined): Difference {
  const { kind, acquirerId } = entry ?? (record as LedgerRecord)
  return {
    kind,
    acquirerId,
    verdict,
    ours: record?.kopecks ?? null,
    theirs: entry?.kopecks ?? null,
    lineId: record?.lineId ?? null,
    paymentId: record?.paymentId ?? null,
  }
}

function nameOf({ kind, acquirerId }: RegistryEntry): string {
  return `${kind} ${acquirerId}`
}
