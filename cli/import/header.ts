import { type Columns, decodeCell, escapeBytes } from './csv/columns.ts'
import type { BrokenReason, SplitRecord } from './csv/csv-splitter.ts'
import type { Refusal } from './file-import.ts'

export type Header =
  | { readonly kind: 'good'; readonly names: readonly string[]; readonly ignored: readonly string[] }
  | { readonly kind: 'bad'; readonly column: string; readonly reason: string; readonly message: string }

/** Reads the first record of a file: names in any order and any case, columns nobody asked for beside them. */
export function readHeader<Row>(columns: Columns<Row>, record: SplitRecord): Header {
  if (record.kind === 'broken') return { kind: 'bad', ...describeBroken(record) }
  const names = record.cells.map((cell) => decodeCell(cell)?.toLowerCase() ?? '')
  const known = Object.values<Columns<Row>[keyof Row]>(columns)
  const missing = known.filter(({ name, blank }) => !blank && !names.includes(name)).map(({ name }) => name)
  if (missing.length > 0) {
    return {
      kind: 'bad',
      column: missing.join('+'),
      reason: 'missing-column',
      message: `the header has no ${missing.join(', ')}: no row of the file was taken`,
    }
  }
  const repeated = known.find(({ name }) => names.indexOf(name) !== names.lastIndexOf(name))
  if (repeated) {
    const message = `the header has ${repeated.name} twice: no row of the file was taken`
    return { kind: 'bad', column: repeated.name, reason: 'repeated-column', message }
  }
  return { kind: 'good', names, ignored: names.filter((name) => !known.some((column) => column.name === name)) }
}

const BROKEN_MESSAGES: Readonly<Record<BrokenReason, string>> = {
  'column-count': 'the row has more or fewer columns than the header',
  'bad-quote': 'a quote stands where none may: double it, and put the whole cell in quotes',
  'unclosed-quote': 'a quote is opened and not closed',
  'record-too-long': 'the row is longer than 65,536 bytes',
}

/** In words, what is wrong with a line that is no record. */
export function describeBroken({ reason, text }: SplitRecord & { kind: 'broken' }): Refusal {
  return {
    column: '',
    reason,
    message: BROKEN_MESSAGES[reason],
    value: decodeCell(text) ?? escapeBytes(text),
  }
}
