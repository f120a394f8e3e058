import { isUtf8 } from 'node:buffer'
import type { RawCell } from './csv-splitter.ts'

/** What a cell's text means, or why it means nothing. */
export type ReadCell<Value> = (text: string) => Value | BadCell

/** Why a cell cannot be taken: a code that stays the same, and words. */
export class BadCell {
  readonly reason: string
  readonly message: string

  constructor(reason: string, message: string) {
    this.reason = reason
    this.message = message
  }
}

export interface Column<Value> {
  readonly name: string
  readonly read: ReadCell<Value>
  /** What a blank cell, or a file without the column, means; absent when the column must be there and filled. */
  readonly blank?: { readonly value: Value }
}

/** The columns of a file, by the name that the code uses. */
export type Columns<Row> = { readonly [Key in keyof Row]: Column<Row[Key]> }

export function required<Value>(name: string, read: ReadCell<Value>): Column<Value> {
  return { name, read }
}

export function optional<Value, Blank>(name: string, read: ReadCell<Value>, blank: Blank): Column<Value | Blank> {
  return { name, read, blank: { value: blank } }
}

/** A cell that stopped its row: where, why, and what it said. */
export interface BadRow {
  readonly column: string
  readonly cell: BadCell
  readonly value: string
}

export type ReadRow<Row> = { readonly kind: 'row'; readonly row: Row } | { readonly kind: 'bad'; readonly bad: BadRow }

/** Reads rows of a file whose header was read: places are those of the file, whatever their order. */
export function createRowReader<Row>(
  columns: Columns<Row>,
  header: readonly string[],
): (cells: readonly RawCell[]) => ReadRow<Row> {
  const places = (Object.entries(columns) as [keyof Row, Column<unknown>][]).map(([key, column]) => ({
    key,
    column,
    index: header.indexOf(column.name),
  }))
  return (cells) => {
    const row: Partial<Record<keyof Row, unknown>> = {}
    for (const { key, column, index } of places) {
      const raw = cells[index] ?? ''
      const value = readCell(column, raw)
      if (value instanceof BadCell) return { kind: 'bad', bad: badRow(column.name, value, raw) }
      row[key] = value
    }
    return { kind: 'row', row: row as Row }
  }
}

function readCell(column: Column<unknown>, raw: RawCell): unknown {
  const text = decodeCell(raw)
  if (text === null) return new BadCell('not-utf8', 'has bytes that are not UTF-8')
  if (text !== '') return column.read(text)
  return column.blank ? column.blank.value : new BadCell('blank', 'is blank')
}

export function badRow(column: string, cell: BadCell, raw: RawCell): BadRow {
  return { column, cell, value: decodeCell(raw) ?? escapeBytes(raw) }
}

/** The text of a cell without the space around it; null when its bytes are not UTF-8. */
export function decodeCell(raw: RawCell): string | null {
  if (!/[\u{80}-\u{ff}]/u.test(raw)) return raw.trim()
  const bytes = Buffer.from(raw, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8').trim() : null
}

/** Bytes outside ASCII as `\xd0`: shows what stands in the file, not what a decoder made of it. */
export function escapeBytes(raw: RawCell): string {
  return raw.replace(/[\u{80}-\u{ff}]/gu, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
