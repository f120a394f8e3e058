import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { CollectedRecord } from './collect.ts'

export interface CopyHead {
  readonly accountId: string
  readonly exportId: string
  readonly preparedAt: Date
}

/** Compressed, so that its sealed text stays well below the limit of a row. */
const CHUNK_BYTES = 384 * 1024

/**
 * Writes a copy as one JSON object, compressed: its head, the records one a line, and at last the manifest, which tells
 * how many records of each table there are. A copy without its last line is not whole.
 */
export async function* writeCopy(head: CopyHead, records: AsyncIterable<CollectedRecord>): AsyncGenerator<Buffer> {
  // Unlike `pipe` it hands a failure on: whoever reads the end is told that the beginning broke.
  const compressed = pipeline(Readable.from(copyText(head, records)), createGzip(), () => undefined)
  let gathered: Buffer[] = []
  let length = 0
  for await (const piece of compressed) {
    gathered.push(piece)
    length += piece.length
    if (length < CHUNK_BYTES) continue
    yield Buffer.concat(gathered)
    gathered = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(gathered)
}

async function* copyText(head: CopyHead, records: AsyncIterable<CollectedRecord>): AsyncGenerator<string> {
  const manifest: Record<string, Record<string, number>> = {}
  const opening = JSON.stringify({ format: 'cabinet-data-export', version: 1, ...head })
  yield `${opening.slice(0, -1)},"records":[`
  let divider = '\n'
  for await (const { part, json } of records) {
    const { table } = JSON.parse(json) as { readonly table: string }
    manifest[part] ??= {}
    manifest[part][table] = (manifest[part][table] ?? 0) + 1
    yield `${divider}{"part":"${part}",${json.slice(1)}`
    divider = ',\n'
  }
  yield `\n],"manifest":${JSON.stringify(manifest)}}\n`
}
