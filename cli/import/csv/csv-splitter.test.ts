import { describe, expect, it } from 'vitest'
import { CsvSplitter, type SplitRecord } from './csv-splitter.ts'

describe('cutting CSV into records', () => {
  it('numbers records by the physical line on which they start', async () => {
    expect(await split('a,b\n1,"x\ny"\n\n2,z\n')).toEqual([
      record(1, 'a', 'b'),
      record(2, '1', 'x\ny'),
      record(5, '2', 'z'),
    ])
  })

  it('counts lines alike with CRLF, within quotes too', async () => {
    expect(await split('a,b\r\n1,"x\r\ny"\r\n\r\n2,z')).toEqual([
      record(1, 'a', 'b'),
      record(2, '1', 'x\r\ny'),
      record(5, '2', 'z'),
    ])
  })

  it('skips a byte order mark, before a quote too', async () => {
    expect(await split('\u{feff}"a","b"\n1,2\n')).toEqual([record(1, 'a', 'b'), record(2, '1', '2')])
  })

  it('keeps the bytes of a cell as they are', async () => {
    expect(await split(Buffer.from([0x61, 0x0a, 0xd0, 0xff, 0x0a]))).toEqual([record(1, 'a'), record(2, '\xd0\xff')])
  })

  it('gives up one line for a quote that is not closed before the file ends', async () => {
    expect(await split('a,b\n1,"x\n2,y\n3,z\n')).toEqual([
      record(1, 'a', 'b'),
      broken(2, 'unclosed-quote', '1,"x'),
      record(3, '2', 'y'),
      record(4, '3', 'z'),
    ])
  })

  it('gives up one line for a quote that the quote of a later row closes', async () => {
    expect(await split('a,b\n1,"x\n2,"y"\n3,"z"\n')).toEqual([
      record(1, 'a', 'b'),
      broken(2, 'unclosed-quote', '1,"x'),
      record(3, '2', 'y'),
      record(4, '3', 'z'),
    ])
  })

  it('gives up one line for an open quote in the midst of a file that never has another quote', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `${index},plain`)
    rows[14_000] = '14000,"plain'
    const records = await split(`a,b\n${rows.join('\n')}\n`)
    expect(records).toHaveLength(30_001)
    expect(records.filter(({ kind }) => kind === 'broken')).toEqual([broken(14_002, 'unclosed-quote', '14000,"plain')])
    expect(records.at(-1)).toEqual(record(30_001, '29999', 'plain'))
  })

  it('gives up one line when an open quote makes a record of several lines with other columns', async () => {
    expect(await split('a,b\n1,"x\n2,y",z\n3,w\n')).toEqual([
      record(1, 'a', 'b'),
      broken(2, 'unclosed-quote', '1,"x'),
      broken(3, 'bad-quote', '2,y",z'),
      record(4, '3', 'w'),
    ])
  })

  it('names a quote inside a cell that is not quoted, and a cell that goes on after its quote', async () => {
    expect(await split('a,b\n1,x "y" z\n2,"x"y\n3,z')).toEqual([
      record(1, 'a', 'b'),
      broken(2, 'bad-quote', '1,x "y" z'),
      broken(3, 'bad-quote', '2,"x"y'),
      record(4, '3', 'z'),
    ])
  })

  it('names lines with more or fewer cells than the first', async () => {
    expect(await split('a,b\n1\n2,3,4\n5,6\n')).toEqual([
      record(1, 'a', 'b'),
      broken(2, 'column-count', '1'),
      broken(3, 'column-count', '2,3,4'),
      record(4, '5', '6'),
    ])
  })

  it('holds no more than a record of a line that never ends', async () => {
    const records = await split(`a,b\n${'x'.repeat(1_000_000)}\n1,${','.repeat(500_000)}\n2,y\n`)
    expect(records.map(({ kind, line }) => `${kind} ${line}`)).toEqual(['record 1', 'broken 2', 'broken 3', 'record 4'])
  })

  it('says nothing of an empty file', async () => {
    expect(await split('')).toEqual([])
    expect(await split('\u{feff}')).toEqual([])
  })
})

/** Splits in stretches of every awkward size; all must agree. */
async function split(text: string | Buffer): Promise<SplitRecord[]> {
  const bytes = Buffer.from(text as string)
  const whole = await splitBy(bytes, bytes.length + 1)
  const sizes = bytes.length > 10_000 ? [65_536, 10_007] : [1, 2, 3, 7]
  for (const size of sizes) expect(await splitBy(bytes, size)).toEqual(whole)
  return whole
}

async function splitBy(bytes: Buffer, size: number): Promise<SplitRecord[]> {
  const splitter = new CsvSplitter()
  const records: SplitRecord[] = []
  for (let at = 0; at < bytes.length; at += size) records.push(...(await splitter.push(bytes.subarray(at, at + size))))
  return [...records, ...(await splitter.end())]
}

function record(line: number, ...cells: string[]): SplitRecord {
  return { kind: 'record', line, cells }
}

function broken(line: number, reason: (SplitRecord & { kind: 'broken' })['reason'], text: string): SplitRecord {
  return { kind: 'broken', line, reason, text }
}
