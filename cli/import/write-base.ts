import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'

const CHUNK_LENGTH = 65_536

/** Writes a CSV file of a base, row by row, however many; cells are quoted where they must be. */
export class CsvWriter {
  readonly #stream: WriteStream
  #text: string

  constructor(directory: string, file: string, header: readonly string[]) {
    this.#stream = createWriteStream(join(directory, file))
    this.#text = `${header.join(',')}\n`
  }

  /** Returns a promise when the file cannot keep up, and the next row must wait for it. */
  write(row: readonly (string | number)[]): Promise<void> | undefined {
    this.#text += `${row.map(formatCell).join(',')}\n`
    return this.#text.length < CHUNK_LENGTH ? undefined : this.#flush()
  }

  async close(): Promise<void> {
    await this.#flush()
    this.#stream.end()
    await finished(this.#stream)
  }

  #flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(error) : resolve()))
    })
  }
}

export function formatCell(cell: string | number): string {
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
