import type { Columns } from './csv/columns.ts'

/** A row with the physical line on which it starts. */
export interface Numbered<Row> {
  readonly line: number
  readonly row: Row
}

/** Why a well-formed row cannot be taken. */
export interface Refusal {
  readonly column: string
  readonly reason: string
  readonly message: string
  readonly value: string
}

/** A row with what was found for it, or why it cannot be taken. */
export type Resolved<Ready> =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** What became of a batch. */
export interface Loaded {
  /** Rows that were there already, from a run before. */
  readonly presentCount: number
  /** Refused only now, by index of the batch: the database knows something that the file does not. */
  readonly refusals?: ReadonlyMap<number, Refusal>
}

/** How one file of a base is taken in. */
export interface FileImport<Row, Ready> {
  readonly file: string
  readonly columns: Columns<Row>
  /** What may occur only once in the file, and the column that says so. */
  readonly key: { readonly column: string; readonly of: (row: Row) => string }
  /** Finds what rows refer to. Answers in the order of the rows. */
  readonly resolve: (rows: readonly Row[]) => Promise<Resolved<Ready>[]>
  /** Loads rows, once however often it is done. */
  readonly load: (rows: readonly Ready[]) => Promise<Loaded>
}

export function ready<Ready>(value: Ready): Resolved<Ready> {
  return { kind: 'ready', ready: value }
}

export function refused(column: string, reason: string, message: string, value: string): Resolved<never> {
  return { kind: 'refused', refusal: { column, reason, message, value } }
}
