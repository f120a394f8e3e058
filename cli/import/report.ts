/** What became of one file. */
export interface FileReport {
  readonly file: string
  /** Rows under the header, empty lines not counted. */
  readonly readCount: number
  readonly addedCount: number
  /** Rows that were there already, from a run before. */
  readonly presentCount: number
  readonly rejectedCount: number
  /** Why no row was taken; null when rows were. */
  readonly skipped: string | null
  readonly ignoredColumns: readonly string[]
}

/** What the base holds, as far as these files tell of it: rows added now and those that were there. */
export interface ImportSums {
  accounts: number
  lines: number
  activeOptions: number
  usageRecords: number
  topUps: number
  /** Kopecks with which the lines were opened. */
  openingBalance: bigint
  /** Points with which the lines were opened. */
  points: bigint
  /** Kopecks. */
  toppedUp: bigint
}

export interface ImportReport {
  readonly files: readonly FileReport[]
  readonly sums: Readonly<ImportSums>
  readonly rejectsPath: string
  readonly rejectedCount: number
  readonly durationMs: number
}

export function emptySums(): ImportSums {
  return {
    accounts: 0,
    lines: 0,
    activeOptions: 0,
    usageRecords: 0,
    topUps: 0,
    openingBalance: 0n,
    points: 0n,
    toppedUp: 0n,
  }
}
