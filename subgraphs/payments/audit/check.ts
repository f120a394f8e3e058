import { type RawBuilder, sql } from 'kysely'

/**
 * What the audit looks for, by the numbers of the reliability requirements. The others cannot be seen in a ledger: I5, that
 * every success that was told of is there, only by who was told (`npm run torture`: database-kills, server-kills,
 * sent-transfers); I11, of logs, and I12, of the trail in accounts, are shown by tests.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10'

/** Where a line breaks an invariant. */
export interface Place {
  readonly line_id: string
  readonly place: string
}

/** Lines by the order of their ids: above `after`, up to `upto`. Ranges together cover every id that there can be. */
export interface LineRange {
  readonly after: string
  readonly upto: string
}

/** Something that holds for each line by itself. */
export interface LineCheck {
  readonly invariant: Invariant
  readonly meaning: string
  /** Whether a line that breaks it has no balance that could be told. */
  readonly isOfBalance: boolean
  /** The places in a range that break it, as of a moment. */
  readonly places: (range: LineRange, now: Date) => RawBuilder<Place>
}

/** Something that holds for the ledger as a whole: what guards it is there, and what passes between lines. */
export interface LedgerCheck {
  readonly invariant: Invariant
  readonly meaning: string
  readonly places: (now: Date) => RawBuilder<{ readonly place: string }>
}

/** Whether a row of a table, by its alias, is of a line of the range. */
export function within(alias: string, { after, upto }: LineRange): RawBuilder<boolean> {
  const lineId = sql.ref(`${alias}.line_id`)
  return sql`${lineId} > ${after}::uuid and ${lineId} <= ${upto}::uuid`
}
