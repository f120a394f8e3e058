import { type BadRow, createRowReader, type ReadRow } from './csv/columns.ts'
import type { RawCell, SplitRecord } from './csv/csv-splitter.ts'
import { readCsv } from './csv/read-csv.ts'
import type { FileImport, Numbered } from './file-import.ts'
import { describeBroken, readHeader } from './header.ts'
import { InOrder } from './in-order.ts'
import type { Reject, RejectsFile } from './reject.ts'
import type { FileReport } from './report.ts'
import { SeenKeys } from './seen-keys.ts'

export interface ImportFileOptions {
  readonly path: string
  readonly rejects: RejectsFile
  readonly batchRows: number
  /** Told of what was read: rows and bytes since the last time. */
  readonly onRead: (rows: number, bytes: number) => void
}

/** Rows that go together, and those among them that were rejected on the way. */
interface Batch<Row> {
  readonly rows: Numbered<Row>[]
  readonly rejects: Reject[]
}

/** Batches being loaded at once: enough to keep parser, network and several databases busy. */
const IN_FLIGHT_MAX = 3

/**
 * Streams one file in: reads, finds what rows refer to, drops what the file had before, loads. References are looked
 * up batch by batch in the file's order, so what is a duplicate does not depend on speed; batches are loaded side by
 * side, and their rejects written in order.
 */
export async function importFile<Row, Ready>(
  description: FileImport<Row, Ready>,
  options: ImportFileOptions,
): Promise<FileReport> {
  const run = new FileRun(description, options)
  try {
    for await (const { bytes, records } of readCsv(options.path)) {
      const before = run.readCount
      for (const record of records) await run.take(record)
      options.onRead(run.readCount - before, bytes)
    }
    await run.finish()
  } catch (error) {
    await run.abandon()
    throw error
  }
  return run.report()
}

class FileRun<Row, Ready> {
  readonly #description: FileImport<Row, Ready>
  readonly #options: ImportFileOptions
  readonly #seen = new SeenKeys()
  readonly #loads: InOrder
  #read: ((cells: readonly RawCell[]) => ReadRow<Row>) | null = null
  #skipped: string | null = null
  #ignoredColumns: readonly string[] = []
  #batch: Batch<Row> = { rows: [], rejects: [] }
  #rowCount = 0
  #addedCount = 0
  #presentCount = 0
  #rejectedCount = 0
  #hasHeader = false

  constructor(description: FileImport<Row, Ready>, options: ImportFileOptions) {
    this.#description = description
    this.#options = options
    this.#loads = new InOrder(IN_FLIGHT_MAX)
  }

  get readCount(): number {
    return this.#rowCount
  }

  async take(record: SplitRecord): Promise<void> {
    if (!this.#hasHeader) {
      this.#takeHeader(record)
      return
    }
    this.#rowCount += 1
    if (!this.#read) return
    if (record.kind === 'broken') {
      this.#batch.rejects.push(this.#reject(record.line, describeBroken(record)))
    } else {
      const { line } = record
      const result = this.#read(record.cells)
      if (result.kind === 'row') this.#batch.rows.push({ line, row: result.row })
      else this.#batch.rejects.push(this.#reject(line, describeBad(result.bad)))
    }
    if (this.#batch.rows.length + this.#batch.rejects.length >= this.#options.batchRows) await this.#dispatch()
  }

  async finish(): Promise<void> {
    if (!this.#hasHeader) this.#skip(1, '', 'empty-file', 'the file is empty')
    await this.#dispatch()
    await this.#loads.drained()
  }

  /** Lets what is under way end, whatever came of it: an error is being thrown already. */
  async abandon(): Promise<void> {
    await this.#loads.drained().catch(() => undefined)
  }

  report(): FileReport {
    return {
      file: this.#description.file,
      readCount: this.#rowCount,
      addedCount: this.#addedCount,
      presentCount: this.#presentCount,
      rejectedCount: this.#rejectedCount,
      skipped: this.#skipped,
      ignoredColumns: this.#ignoredColumns,
    }
  }

  #takeHeader(record: SplitRecord): void {
    this.#hasHeader = true
    const header = readHeader(this.#description.columns, record)
    if (header.kind === 'bad') {
      this.#skip(record.line, header.column, header.reason, header.message)
      return
    }
    this.#ignoredColumns = header.ignored
    this.#read = createRowReader(this.#description.columns, header.names)
  }

  #skip(line: number, column: string, reason: string, message: string): void {
    this.#skipped = message
    this.#batch.rejects.push(this.#reject(line, { column, reason, message, value: '' }))
  }

  #reject(line: number, refusal: Omit<Reject, 'file' | 'line'>): Reject {
    return { file: this.#description.file, line, ...refusal }
  }

  async #dispatch(): Promise<void> {
    const batch = this.#batch
    this.#batch = { rows: [], rejects: [] }
    const rows = batch.rows.length === 0 ? [] : await this.#resolve(batch)
    await this.#loads.add(
      () => this.#load(rows, batch.rejects),
      () => this.#settle(batch.rejects),
    )
  }

  /** What rows refer to, and which of them are new to the file. */
  async #resolve({ rows, rejects }: Batch<Row>): Promise<Numbered<Ready>[]> {
    const { key, resolve } = this.#description
    const resolved = await resolve(rows.map(({ row }) => row))
    const taken: Numbered<Ready>[] = []
    for (const [index, { line, row }] of rows.entries()) {
      const found = resolved[index]
      if (found?.kind !== 'ready') {
        if (found) rejects.push(this.#reject(line, found.refusal))
        continue
      }
      const value = key.of(row)
      const first = this.#seen.add(value, line)
      if (first === null) taken.push({ line, row: found.ready })
      else {
        const message = `was given on line ${first} already; that row counts`
        rejects.push(this.#reject(line, { column: key.column, reason: 'duplicate', message, value }))
      }
    }
    return taken
  }

  async #load(rows: readonly Numbered<Ready>[], rejects: Reject[]): Promise<void> {
    if (rows.length === 0) return
    const { presentCount, refusals } = await this.#description.load(rows.map(({ row }) => row))
    for (const [index, refusal] of refusals ?? []) rejects.push(this.#reject(rows[index]?.line ?? 0, refusal))
    this.#presentCount += presentCount
    this.#addedCount += rows.length - presentCount - (refusals?.size ?? 0)
  }

  async #settle(rejects: Reject[]): Promise<void> {
    this.#rejectedCount += rejects.length
    await this.#options.rejects.write(rejects.sort((a, b) => a.line - b.line))
  }
}

function describeBad({ column, cell, value }: BadRow): Omit<Reject, 'file' | 'line'> {
  return { column, reason: cell.reason, message: cell.message, value }
}
