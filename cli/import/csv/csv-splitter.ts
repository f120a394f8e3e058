import { type Info, type Parser, parse } from 'csv-parse'

/** A cell's bytes, one a character: what it says is known once its encoding was checked, by `decodeCell`. */
export type RawCell = string

/** A record, or a physical line that is none. `line` is the physical line on which it starts, from 1. */
export type SplitRecord =
  | { readonly kind: 'record'; readonly line: number; readonly cells: readonly RawCell[] }
  | { readonly kind: 'broken'; readonly line: number; readonly reason: BrokenReason; readonly text: RawCell }

export type BrokenReason = 'column-count' | 'bad-quote' | 'unclosed-quote' | 'record-too-long'

const RECORD_BYTES_MAX = 65_536
/** Of anything that is kept: what lies between two cells counts here, not in a record. */
const LINE_BYTES_MAX = 2 * RECORD_BYTES_MAX
const TOO_LONG = 'the record is too long'
const OTHER_COLUMNS = 'the record spans lines and has other columns than the first'
const BROKEN_TEXT_LENGTH = 200
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const QUOTE = 34
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const NOTHING: Buffer = Buffer.alloc(0)

/**
 * Cuts CSV into records, each with as many cells as the first. Where a record cannot be read (a quote that is never
 * closed, say) its first physical line is given as broken and reading goes on with the very next line, so that one
 * stray quote costs one row.
 */
export class CsvSplitter {
  #parser: Parser
  /** Bytes that may be needed again: at least all from the start of the record being read. */
  #window: Buffer = NOTHING
  /** Where in the window the record being read starts. */
  #start = 0
  /** Where the window starts, counted in the bytes that this parser was given. */
  #windowOffset = 0
  /** The physical line of `#start`. */
  #line = 1
  #columnCount: number | null = null
  #isBeforeFirstByte = true
  /** Whether the rest of a broken physical line has yet to come. */
  #isSkippingLine = false
  /** What the parser stumbled over, until the line that is to blame has come in full. */
  #error: Error | null = null
  #records: SplitRecord[] = []

  constructor() {
    this.#parser = this.#createParser()
  }

  /** The records that end in these bytes. */
  async push(bytes: Buffer): Promise<SplitRecord[]> {
    if (this.#isBeforeFirstByte) {
      this.#window = Buffer.concat([this.#window, bytes])
      if (this.#window.length < BYTE_ORDER_MARK.length) return []
      return this.#open()
    }
    this.#window = Buffer.concat([this.#window, bytes])
    const unread = this.#isSkippingLine ? this.#skipLine() : bytes
    await this.#feed(unread, false)
    return this.#take()
  }

  /** The records that end with the file. */
  async end(): Promise<SplitRecord[]> {
    const records = this.#isBeforeFirstByte ? await this.#open() : []
    if (!this.#isSkippingLine) await this.#feed(NOTHING, true)
    return [...records, ...this.#take()]
  }

  #open(): Promise<SplitRecord[]> {
    this.#isBeforeFirstByte = false
    const start = this.#window
    const hasMark = start.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    this.#window = NOTHING
    return this.push(hasMark ? start.subarray(BYTE_ORDER_MARK.length) : start)
  }

  /** Gives the parser what it has not seen; after a broken line, a new parser all that follows the line. */
  async #feed(bytes: Buffer, isEnd: boolean): Promise<void> {
    let unread = bytes
    for (;;) {
      const hasInput = this.#windowOffset + this.#window.length > 0
      this.#error ??= await give(this.#parser, unread, isEnd && hasInput)
      if (!this.#error && this.#window.length - this.#start > LINE_BYTES_MAX) this.#error = new Error(TOO_LONG)
      if (!this.#error || !(isEnd || this.#hasLine())) return
      this.#breakLine(this.#error)
      this.#error = null
      unread = this.#window
      if (this.#isSkippingLine) return
    }
  }

  /** Whether the first line has come in full, or is longer than anybody wants to see. */
  #hasLine(): boolean {
    this.#skipEmptyLines()
    return this.#lineEnd() !== -1 || this.#window.length - this.#start > RECORD_BYTES_MAX
  }

  #createParser(): Parser {
    const parser = parse({
      encoding: 'latin1',
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: RECORD_BYTES_MAX,
      on_record: (cells: RawCell[], { bytes }: Info) => {
        this.#endRecord(cells, bytes - this.#windowOffset)
        return null
      },
    })
    // `give` answers with the error; without a listener it would also end the process.
    parser.on('error', () => undefined)
    return parser
  }

  #endRecord(cells: readonly RawCell[], end: number): void {
    this.#skipEmptyLines()
    this.#columnCount ??= cells.length
    if (end - this.#start > LINE_BYTES_MAX) throw new Error(TOO_LONG)
    const lineCount = countLineFeeds(this.#window, this.#start, end)
    const hasColumns = cells.length === this.#columnCount
    // A record that spans lines and has other columns is a stray quote's: only its first line is given up.
    if (!hasColumns && lineCount > 1) throw new Error(OTHER_COLUMNS)
    this.#records.push(hasColumns ? { kind: 'record', line: this.#line, cells } : this.#broken('column-count'))
    this.#line += lineCount
    this.#start = end
  }

  #breakLine(error: Error): void {
    this.#skipEmptyLines()
    this.#records.push(this.#broken(this.#reasonOf(error)))
    this.#window = this.#window.subarray(this.#start)
    this.#skipLine()
    this.#parser.destroy()
    this.#parser = this.#createParser()
  }

  /** Drops the window up to its first line's end. Returns what is left, which no parser has seen. */
  #skipLine(): Buffer {
    const end = this.#window.indexOf(LINE_FEED)
    this.#isSkippingLine = end === -1
    this.#window = end === -1 ? NOTHING : this.#window.subarray(end + 1)
    this.#line += end === -1 ? 0 : 1
    this.#start = 0
    this.#windowOffset = 0
    return this.#window
  }

  #skipEmptyLines(): void {
    for (; this.#start < this.#window.length; this.#start += 1) {
      const byte = this.#window[this.#start]
      if (byte === LINE_FEED) this.#line += 1
      else if (byte !== CARRIAGE_RETURN) return
    }
  }

  #broken(reason: BrokenReason): SplitRecord {
    return { kind: 'broken', line: this.#line, reason, text: this.#brokenText() }
  }

  #brokenText(): RawCell {
    const line = this.#firstLine().subarray(0, BROKEN_TEXT_LENGTH).toString('latin1')
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  #firstLine(): Buffer {
    const end = this.#lineEnd()
    return this.#window.subarray(this.#start, end === -1 ? this.#window.length : end)
  }

  #lineEnd(): number {
    return this.#window.indexOf(LINE_FEED, this.#start)
  }

  #reasonOf(error: Error): BrokenReason {
    const code = (error as { code?: string }).code
    if (code === 'INVALID_OPENING_QUOTE') return 'bad-quote'
    const quotes = this.#firstLine().reduce((count, byte) => count + (byte === QUOTE ? 1 : 0), 0)
    if (quotes % 2 === 1) return 'unclosed-quote'
    if (error.message === OTHER_COLUMNS) return 'column-count'
    return error.message === TOO_LONG || code === 'CSV_MAX_RECORD_SIZE' ? 'record-too-long' : 'bad-quote'
  }

  #take(): SplitRecord[] {
    const records = this.#records
    this.#records = []
    this.#window = this.#window.subarray(this.#start)
    this.#windowOffset += this.#start
    this.#start = 0
    return records
  }
}

/** Lets a parser read bytes, and the end after them. Answers with what it found wrong. */
function give(parser: Parser, bytes: Buffer, isEnd: boolean): Promise<Error | null> {
  return new Promise((resolve) => {
    if (isEnd) {
      parser.once('error', resolve)
      if (bytes.length > 0) parser.write(bytes)
      parser.end(() => resolve(null))
    } else if (bytes.length > 0) parser.write(bytes, (error) => resolve(error ?? null))
    else resolve(null)
  })
}

function countLineFeeds(bytes: Buffer, start: number, end: number): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED, start); at !== -1 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count += 1
  }
  return count
}
