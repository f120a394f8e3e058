import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** One cell of a row to be copied, as PostgreSQL would read it from text. */
export type CopyValue = string | number | bigint | boolean | null

export interface CopyTarget {
  /** May be qualified: `payments.ledger_entry`. */
  readonly table: string
  readonly columns: readonly string[]
}

type Rows = Iterable<readonly CopyValue[]> | AsyncIterable<readonly CopyValue[]>

const CHUNK_LENGTH = 65_536

/** Sends rows with COPY, the fastest way in. Returns how many arrived. Must not run beside other queries of `client`. */
export async function copyRows(client: pg.ClientBase, target: CopyTarget, rows: Rows): Promise<number> {
  const table = target.table.split('.').map(pg.escapeIdentifier).join('.')
  const columns = target.columns.map(pg.escapeIdentifier).join(', ')
  const stream = client.query(copyFrom(`copy ${table} (${columns}) from stdin`))
  await pipeline(Readable.from(encodeRows(rows)), stream)
  return stream.rowCount
}

/** COPY's text format, in chunks large enough to be worth a write. */
async function* encodeRows(rows: Rows): AsyncGenerator<Buffer> {
  let text = ''
  for await (const row of rows) {
    text += encodeRow(row)
    if (text.length < CHUNK_LENGTH) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

export function encodeRow(row: readonly CopyValue[]): string {
  let text = ''
  for (let index = 0; index < row.length; index += 1) {
    text += (index === 0 ? '' : '\t') + encodeValue(row[index] ?? null)
  }
  return `${text}\n`
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function encodeValue(value: CopyValue): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? '') : value
}
