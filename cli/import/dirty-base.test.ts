import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { readContents } from './testing/contents.ts'
import { type ImportedBase, importBase, type TestBase } from './testing/import-base.ts'
import { CATALOGUE, LINES_HEADER } from './testing/sample-base.ts'

const long = (length: number) => 'x'.repeat(length)

/** Rows as bytes: what is written `\xd0` stays one byte, so that a file can be something else than UTF-8. */
function file(rows: readonly string[], end = '\n'): Buffer {
  return Buffer.concat(rows.map((row) => Buffer.concat([encode(row), Buffer.from(end)])))
}

function encode(row: string): Buffer {
  const [text = '', ...bytes] = row.split(/(\[\[[0-9a-f]+\]\])/)
  return Buffer.concat([
    Buffer.from(text),
    ...bytes.map((part) => (part.startsWith('[[') ? Buffer.from(part.slice(2, -2), 'hex') : Buffer.from(part))),
  ])
}

const BASE: TestBase = {
  'catalogue.json': `\u{feff}${CATALOGUE}`,
  // A byte order mark, CRLF, columns in another order with one that nobody knows.
  'customers.csv': Buffer.concat([
    Buffer.from('\u{feff}'),
    file(
      [
        'Name,customer_ref,language,kind,note',
        'Анна,A,ru,individual,',
        '"Boris ""Bob"" Brown, jr.",B,en,individual,"two\r\nlines"',
        '"ООО\r\n«Ромашка»",C,ru,organization,',
        '',
        'Again,A,ru,individual,',
        ',D,ru,individual,',
        `${long(201)},E,ru,individual,`,
        'Robot,F,ru,robot,',
        'Jean,G,fr,individual,',
        'M[[fc]]ller,H,en,individual,',
        'Nul[[00]]l,I,en,individual,',
        'too,few',
        'too,many,ru,individual,,',
        '"never closed,J,ru,individual,',
        'say "hi",K,ru,individual,',
        'Last but fine,L,ru,individual,',
      ],
      '\r\n',
    ),
  ]),
  'lines.csv': file([
    LINES_HEADER,
    '+79160000001,A,Moscow,2024-02-29,base,10.50,70',
    '+79160000002,B,"Moscow, ""North""",2024-02-29,base,-3.5,0',
    '89160000003,A,Moscow,2024-01-31,base,0,0',
    '+79160000004,A,Moscow,2023-02-29,base,0,0',
    '+79160000005,A,Moscow,31.01.2024,base,0,0',
    '+79160000006,nobody,Moscow,2024-01-31,base,0,0',
    '+79160000007,A,Moscow,2024-01-31,gold,0,0',
    '+79160000008,A,Moscow,2024-01-31,base,,0',
    '+79160000009,A,Moscow,2024-01-31,base,"1,5",0',
    '+79160000010,A,Moscow,2024-01-31,base,1.005,0',
    '+79160000011,A,Moscow,2024-01-31,base,0,-5',
    '+79160000012,A,Moscow,2024-01-31,base,0,1.5',
    '+79160000013,A,Moscow,2024-01-31,base,99999999999,0',
    '+79160000014,A,Moscow,2024-01-31,base,0,99999999999',
    '+79160000001,B,Kazan,2024-01-31,base,99,99',
    '+79160000015,J,Moscow,2024-01-31,base,0,0',
    '+79160000006,L,Moscow,2024-01-31,base,1e3,0',
    ' +79160000016 , L ,Moscow,2024-01-31,base,-0.00,007',
  ]),
  'products.csv': file([
    'msisdn,offering_code,activated_on',
    '+79160000001,tv,2024-02-29',
    '+79160000001,tv,2024-03-01',
    '+79160000001,base,2024-03-01',
    '+79160000001,unheard,2024-03-01',
    '+79160000099,tv,2024-03-01',
    '+79160000001,kino,',
    '+79160000002,kino,2024-03-01',
  ]),
  // Without the amount no row can be taken.
  'topups.csv': file(['external_id,msisdn,sum,at', 'r1,+79160000001,5,2026-01-01T00:00:00Z']),
  'usage.csv': file([
    'external_id,msisdn,kind,started_at,counterparty,quantity,unit,cost',
    'u1,+79160000001,DATA,2026-01-01T00:00:00.5Z,,91.387,MEGABYTE,0',
    'u2,+79160000001,VOICE,2026-01-01T00:00:00+03:00,+79990000000,61,SECOND,2.50',
    'u2,+79160000001,VOICE,2026-01-01T00:00:00Z,,61,SECOND,2.50',
    'u3,+79160000001,VOICE,2026-01-01T00:00:00Z,,61,MEGABYTE,2.50',
    'u4,+79160000001,VOICE,2026-01-01 00:00,,61,SECOND,2.50',
    'u5,+79160000001,FAX,2026-01-01T00:00:00Z,,61,SECOND,2.50',
    'u6,+79160000001,VOICE,2026-01-01T00:00:00Z,,-1,SECOND,2.50',
    'u7,+79160000001,VOICE,2026-01-01T00:00:00Z,,1,SECOND,-2.50',
    'u8,+79160000077,VOICE,2026-01-01T00:00:00Z,,1,SECOND,2.50',
  ]),
}

const REJECTS = [
  'customers.csv,8,customer_ref,duplicate,was given on line 2 already; that row counts,A',
  'customers.csv,9,name,blank,is blank,',
  `customers.csv,10,name,too-long,is longer than 200 characters,${long(100)}…`,
  'customers.csv,11,kind,unknown-value,"is none of individual, organization",robot',
  'customers.csv,12,language,unknown-value,"is none of ru, en",fr',
  'customers.csv,13,name,not-utf8,has bytes that are not UTF-8,M\\xfcller',
  'customers.csv,14,name,bad-text,has control characters,Nul\u{0}l',
  'customers.csv,15,,column-count,the row has more or fewer columns than the header,"too,few"',
  'customers.csv,16,,column-count,the row has more or fewer columns than the header,"too,many,ru,individual,,"',
  'customers.csv,17,,unclosed-quote,a quote is opened and not closed,"""never closed,J,ru,individual,"',
  expect.stringMatching(/^customers.csv,18,,bad-quote,.*,"say ""hi"",K,ru,individual,"$/),
  expect.stringMatching(/^lines.csv,4,msisdn,bad-phone,.*,89160000003$/),
  'lines.csv,5,activated_on,bad-date,is no day of the calendar written YYYY-MM-DD,2023-02-29',
  'lines.csv,6,activated_on,bad-date,is no day of the calendar written YYYY-MM-DD,31.01.2024',
  'lines.csv,7,customer_ref,unknown-customer,is no known customer,nobody',
  'lines.csv,8,tariff_code,unknown-tariff,is no known tariff,gold',
  'lines.csv,9,balance,blank,is blank,',
  'lines.csv,10,balance,bad-amount,"is no amount, such as 149.50","1,5"',
  'lines.csv,11,balance,bad-amount,"is no amount, such as 149.50",1.005',
  'lines.csv,12,bonus_points,negative,is negative,-5',
  'lines.csv,13,bonus_points,bad-number,is no whole number,1.5',
  'lines.csv,14,balance,out-of-range,is more money than one amount may be,99999999999',
  'lines.csv,15,bonus_points,out-of-range,is over 2147483647,99999999999',
  'lines.csv,16,msisdn,duplicate,was given on line 2 already; that row counts,+79160000001',
  'lines.csv,17,customer_ref,unknown-customer,is no known customer,J',
  'lines.csv,18,balance,bad-amount,"is no amount, such as 149.50",1e3',
  expect.stringMatching(/^products.csv,3,offering_code,duplicate,was given on line 2 already/),
  'products.csv,4,offering_code,unknown-option,is no known option,base',
  'products.csv,5,offering_code,unknown-option,is no known option,unheard',
  'products.csv,6,msisdn,unknown-line,is the number of no known line,+79160000099',
  'products.csv,7,activated_on,blank,is blank,',
  'topups.csv,1,amount,missing-column,the header has no amount: no row of the file was taken,',
  'usage.csv,4,external_id,duplicate,was given on line 3 already; that row counts,u2',
  expect.stringMatching(/^usage.csv,5,unit,wrong-unit,.*SECOND.*,MEGABYTE$/),
  expect.stringMatching(/^usage.csv,6,started_at,bad-time,.*,2026-01-01 00:00$/),
  expect.stringMatching(/^usage.csv,7,kind,unknown-value,.*,FAX$/),
  'usage.csv,8,quantity,negative,is negative,-1',
  'usage.csv,9,cost,negative,is negative,-2.50',
  'usage.csv,10,msisdn,unknown-line,is the number of no known line,+79160000077',
]

describe('a dirty base', () => {
  let database: TestDatabase
  let imported: ImportedBase

  beforeAll(async () => {
    database = await createTestDatabase()
    imported = await importBase(database, BASE)
  })
  afterAll(() => database.drop())

  it('has each bad row named by file, line, column and reason', () => {
    expect(imported.rejects).toEqual(REJECTS)
    expect(imported.report.rejectedCount).toBe(REJECTS.length)
  })

  it('has every good row taken', async () => {
    expect(await database.sql('select customer_ref, display_name from accounts.account order by 1')).toEqual([
      { customer_ref: 'A', display_name: 'Анна' },
      { customer_ref: 'B', display_name: 'Boris "Bob" Brown, jr.' },
      { customer_ref: 'C', display_name: 'ООО «Ромашка»' },
      { customer_ref: 'L', display_name: 'Last but fine' },
    ])
    expect(
      await database.sql(`
        select msisdn, region, posted::text as kopecks from linked_numbers.line
        join payments.ledger_balance on line_id = id and unit = 'KOPECK' order by 1
      `),
    ).toEqual([
      { msisdn: '+79160000001', region: 'Moscow', kopecks: '1050' },
      { msisdn: '+79160000002', region: 'Moscow, "North"', kopecks: '-350' },
      { msisdn: '+79160000016', region: 'Moscow', kopecks: '0' },
    ])
    expect(imported.report.sums).toMatchObject({ activeOptions: 2, usageRecords: 2, points: 77n, openingBalance: 700n })
  })

  it('has columns that nobody knows told of, and a file without a needed one', () => {
    const files = new Map(imported.report.files.map((report) => [report.file, report]))
    expect(files.get('customers.csv')?.ignoredColumns).toEqual(['note'])
    expect(files.get('topups.csv')).toMatchObject({ readCount: 1, addedCount: 0, rejectedCount: 1 })
    expect(files.get('topups.csv')?.skipped).toMatch(/no amount/)
  })

  it('gives the same rejects and the same database when it comes again, in batches of any size', async () => {
    const before = await readContents(database)
    for (const batchRows of [1, 3, 5_000]) {
      const again = await importBase(database, BASE, { batchRows })
      expect(again.rejects).toEqual(imported.rejects)
      expect(await readContents(database)).toEqual(before)
    }
  })

  it('of files that are empty, or have only a header, brings nothing and breaks nothing', async () => {
    const { report } = await importBase(database, {
      'customers.csv': '',
      'products.csv': 'msisdn,offering_code,activated_on\n\n',
    })
    expect(report.files).toMatchObject([
      { file: 'customers.csv', readCount: 0, rejectedCount: 1, skipped: 'the file is empty' },
      { file: 'products.csv', readCount: 0, rejectedCount: 0, skipped: null },
    ])
  })
})
