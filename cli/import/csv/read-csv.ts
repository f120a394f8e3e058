import { createReadStream } from 'node:fs'
import { CsvSplitter, type SplitRecord } from './csv-splitter.ts'

/** What one stretch of the file gave: its bytes, and the records that end in it. */
export interface CsvStretch {
  readonly bytes: number
  readonly records: readonly SplitRecord[]
}

const STRETCH_BYTES = 262_144

/** Reads a CSV file of any size, a stretch at a time; memory does not grow with the file. */
export async function* readCsv(path: string): AsyncGenerator<CsvStretch> {
  const splitter = new CsvSplitter()
  for await (const chunk of createReadStream(path, { highWaterMark: STRETCH_BYTES })) {
    const bytes = chunk as Buffer
    yield { bytes: bytes.length, records: await splitter.push(bytes) }
  }
  yield { bytes: 0, records: await splitter.end() }
}
