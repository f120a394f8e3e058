import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** A row, or a file, that was not taken, and why. */
export interface Reject {
  readonly file: string
  /** The physical line on which the row starts, from 1. */
  readonly line: number
  /** The column at fault; empty when it is the row as a whole. */
  readonly column: string
  /** A code that stays the same: see docs/import-format.md. */
  readonly reason: string
  readonly message: string
  readonly value: string
}

const VALUE_LENGTH_MAX = 100

export interface RejectsFile {
  readonly count: number
  write(rejects: readonly Reject[]): Promise<void>
  close(): Promise<void>
}

/** Begins a new rejects file, in the place of an earlier run's: a run names every row that it did not take. */
export async function openRejectsFile(path: string): Promise<RejectsFile> {
  const stream = createWriteStream(path)
  await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject))
  let failure: Error | null = null
  stream.on('error', (error) => {
    failure = error
  })
  let count = 0
  await writeText(stream, 'file,line,column,reason,message,value\n')
  return {
    get count() {
      return count
    },
    async write(rejects) {
      if (failure) throw failure
      if (rejects.length === 0) return
      count += rejects.length
      await writeText(stream, rejects.map(formatReject).join(''))
    },
    async close() {
      stream.end()
      await finished(stream)
    },
  }
}

function writeText(stream: WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())))
}

function formatReject({ file, line, column, reason, message, value }: Reject): string {
  const shown = value.length > VALUE_LENGTH_MAX ? `${value.slice(0, VALUE_LENGTH_MAX)}…` : value
  return `${[file, String(line), column, reason, message, shown].map(quote).join(',')}\n`
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
