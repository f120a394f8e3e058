import pg from 'pg'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type CopyValue, copyRows } from './copy.ts'

let client: pg.Client

beforeAll(async () => {
  client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  await client.query('create temp table copied (number bigint, text text)')
})
afterAll(() => client.end())

const target = { table: 'pg_temp.copied', columns: ['number', 'text'] }

it('brings every character over as it is', async () => {
  const texts = [
    'plain',
    '',
    '\\N',
    '\\',
    'a\tb',
    'a\nb',
    'a\r\nb',
    '"quoted", it\'s',
    '\\.',
    'Ёлка 🎄',
    '\b\f\v',
    null,
  ]
  const rows = texts.map((text, index): CopyValue[] => [index, text])
  expect(await copyRows(client, target, rows)).toBe(texts.length)
  const { rows: read } = await client.query<{ text: string | null }>('select text from copied order by number')
  expect(read.map(({ text }) => text)).toEqual(texts)
})

it('takes rows as they are made, more than fit in one chunk', async () => {
  await client.query('truncate copied')
  async function* numbers(): AsyncGenerator<CopyValue[]> {
    for (let number = 0; number < 50_000; number += 1) yield [BigInt(number), `row ${number}`]
  }
  expect(await copyRows(client, target, numbers())).toBe(50_000)
  const { rows } = await client.query('select sum(number)::int as sum from copied')
  expect(rows).toEqual([{ sum: 1_249_975_000 }])
})

it('leaves the connection fit for use when a row is refused', async () => {
  await expect(copyRows(client, target, [['not a number', 'x']])).rejects.toThrow(/invalid input syntax/)
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})
