import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { ImportFailure } from './import-failure.ts'
import { readContents, readRows } from './testing/contents.ts'
import { importBase } from './testing/import-base.ts'
import { CATALOGUE, CUSTOMERS, LINES_HEADER, SAMPLE_BASE } from './testing/sample-base.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

describe('a base', () => {
  it('comes into all four subgraphs', async () => {
    const { report, rejects } = await importBase(database, SAMPLE_BASE)
    expect(rejects).toEqual([])
    expect(report.sums).toMatchObject({
      accounts: 3,
      lines: 2,
      activeOptions: 1,
      openingBalance: 8_050n,
      points: 70n,
    })
    expect(
      await database.sql(`
        select msisdn, display_name, money.posted::text as kopecks, points.posted::text as points, code,
          products_access.rights as products_rights, payments_access.rights as payments_rights
        from linked_numbers.line
        join accounts.account on account.id = owner_account_id
        join payments.ledger_balance as money on money.line_id = line.id and money.unit = 'KOPECK'
        join payments.ledger_balance as points on points.line_id = line.id and points.unit = 'POINT'
        join products.line_tariff on line_tariff.line_id = line.id
        join products.offering on offering.id = offering_id
        join products.line_access as products_access on products_access.line_id = line.id
        join payments.line_access as payments_access on payments_access.line_id = line.id
        order by msisdn
      `),
    ).toEqual([
      {
        msisdn: '+79160000001',
        display_name: 'Анна',
        kopecks: '10050',
        points: '70',
        code: 'base',
        products_rights: 15,
        payments_rights: 15,
      },
      {
        msisdn: '+79160000002',
        display_name: 'Boris',
        kopecks: '-2000',
        points: '0',
        code: 'base',
        products_rights: 15,
        payments_rights: 15,
      },
    ])
  })

  it('that comes again touches no row and is told of as there already', async () => {
    await importBase(database, SAMPLE_BASE)
    const before = await readRows(database)
    const { report } = await importBase(database, SAMPLE_BASE)
    expect(await readRows(database)).toEqual(before)
    expect(report.files.map(({ file, addedCount, presentCount }) => [file, addedCount, presentCount])).toEqual([
      ['catalogue.json', 0, 3],
      ['customers.csv', 0, 3],
      ['lines.csv', 0, 2],
      ['products.csv', 0, 1],
    ])
    expect(report.sums).toMatchObject({ lines: 2, openingBalance: 8_050n, points: 70n })
  })

  it('has the lines finished that an earlier run left half-done', async () => {
    await importBase(database, SAMPLE_BASE)
    const whole = await readContents(database)
    for (const table of ['ledger_entry', 'ledger_transaction', 'ledger_balance', 'bonus_lot', 'line_access']) {
      await database.sql(`alter table payments.${table} disable trigger all`)
      await database.sql(`delete from payments.${table}`)
      await database.sql(`alter table payments.${table} enable trigger all`)
    }
    await database.sql('delete from products.line_tariff')
    await importBase(database, SAMPLE_BASE)
    expect(await readContents(database)).toEqual(whole)
  })
})

describe('money', () => {
  it('that is owed is a debit of the customer, with a floor as deep as the debt', async () => {
    await importBase(database, SAMPLE_BASE)
    expect(
      await database.sql(`
        select debit_account, credit_account, amount::text, debt_limit::text
        from payments.ledger_entry join payments.ledger_balance using (line_id, unit) where posted < 0
      `),
    ).toEqual([{ debit_account: 'CUSTOMER', credit_account: 'OPENING_BALANCE', amount: '2000', debt_limit: '2000' }])
  })

  it('topped up is posted once for each external id, and pays off the debt', async () => {
    const topUps =
      'external_id,msisdn,amount,at\nr1,+79160000002,5,2026-01-01T10:00:00Z\nr2,+79160000002,1.50,2026-01-01T13:00:00+03:00\n'
    const base = { ...SAMPLE_BASE, 'topups.csv': topUps }
    const { report } = await importBase(database, base)
    expect(report.sums).toMatchObject({ topUps: 2, toppedUp: 650n })
    await importBase(database, base)
    expect(
      await database.sql('select posted::text, debt_limit::text from payments.ledger_balance where posted < 0'),
    ).toEqual([{ posted: '-1350', debt_limit: '1350' }])
    expect(
      await database.sql(
        `select source_key, occurred_at from payments.ledger_transaction where kind = 'TOP_UP' order by 1`,
      ),
    ).toEqual([
      { source_key: 'top-up:r1', occurred_at: new Date('2026-01-01T10:00:00Z') },
      { source_key: 'top-up:r2', occurred_at: new Date('2026-01-01T10:00:00Z') },
    ])
  })

  it('credited to one line is not credited to another when a later file says so', async () => {
    const header = 'external_id,msisdn,amount,at'
    await importBase(database, { ...SAMPLE_BASE, 'topups.csv': `${header}\nr1,+79160000001,5,2026-01-01T10:00:00Z\n` })
    const { rejects } = await importBase(database, {
      'topups.csv': `${header}\nr1,+79160000002,5,2026-01-01T10:00:00Z\n`,
    })
    expect(rejects).toEqual(['topups.csv,2,external_id,conflict,was credited to another line before,r1'])
  })

  it('of points expires when the policy says', async () => {
    const clock = { now: () => new Date('2026-01-31T12:00:00Z') }
    await importBase(database, SAMPLE_BASE, { clock })
    expect(await database.sql('select remaining::text, expires_at from payments.bonus_lot')).toEqual([
      { remaining: '70', expires_at: new Date('2027-01-31T12:00:00Z') },
    ])
  })
})

describe('the catalogue', () => {
  it('gets a new version of what changed, and of nothing else', async () => {
    await importBase(database, SAMPLE_BASE)
    const catalogue = JSON.parse(CATALOGUE)
    catalogue.options[0].fee = '15.00'
    catalogue.tariffs[0].archived = true
    catalogue.options.pop()
    await importBase(database, { 'catalogue.json': JSON.stringify(catalogue) })
    expect(
      await database.sql(`
        select code, is_archived, version, fee_kopecks::text as fee
        from products.offering join products.offering_version on offering_id = id order by code, version
      `),
    ).toEqual([
      { code: 'base', is_archived: true, version: 1, fee: '30000' },
      { code: 'kino', is_archived: false, version: 1, fee: '250' },
      { code: 'tv', is_archived: false, version: 1, fee: '1000' },
      { code: 'tv', is_archived: false, version: 2, fee: '1500' },
    ])
  })

  it('in another currency stops the import before anything is loaded', async () => {
    const base = { ...SAMPLE_BASE, 'catalogue.json': CATALOGUE.replace('RUB', 'EUR') }
    await expect(importBase(database, base)).rejects.toThrow(/priced in "EUR"/)
    expect(await database.sql('select from accounts.account')).toEqual([])
  })

  it.each([
    ['that is no JSON', '{"currency": "RUB",', /no JSON/],
    ['that is a list', '[]', /must be a JSON object/],
    ['that is not UTF-8', Buffer.from('{"currency": "\xff"}', 'latin1'), /not UTF-8/],
  ])('%s stops the import with a clear message', async (_, catalogue, message) => {
    const base = { ...SAMPLE_BASE, 'catalogue.json': catalogue }
    await expect(importBase(database, base)).rejects.toThrow(message)
  })

  it('loses only the offerings that are wrong', async () => {
    const offering = (code: string, more: object) => ({
      code,
      name: { ru: 'О', en: 'O' },
      category: 'TV',
      fee: '1',
      period: 'MONTH',
      ...more,
    })
    const catalogue = JSON.parse(CATALOGUE)
    catalogue.options.push(
      offering('negative', { fee: '-1.00' }),
      offering('tv', {}),
      offering('no-english', { name: { ru: 'О' } }),
      offering('weekly', { period: 'WEEK' }),
      'not an object',
      offering('good', { fee: 1.5 }),
    )
    catalogue.tariffs.push({
      ...catalogue.tariffs[0],
      code: 'kino-tariff',
      allowances: [{ kind: 'SMS', quantity: 5, unit: 'MINUTE' }],
    })
    const { rejects, report } = await importBase(database, { 'catalogue.json': JSON.stringify(catalogue, null, 1) })
    expect(rejects).toEqual([
      expect.stringMatching(/^catalogue.json,\d+,tariffs\[1\].allowances\[0\].unit,wrong-unit,.*,MINUTE$/),
      expect.stringMatching(/^catalogue.json,\d+,options\[2\].fee,negative,is negative,-1.00$/),
      expect.stringMatching(/^catalogue.json,\d+,options\[3\].code,duplicate,.*options\[0\].*,tv$/),
      expect.stringMatching(/^catalogue.json,\d+,options\[4\].name.en,blank,is blank,$/),
      expect.stringMatching(/^catalogue.json,\d+,options\[5\].period,unknown-value,.*,WEEK$/),
      expect.stringMatching(/^catalogue.json,\d+,options\[6\],bad-json,.*,not an object$/),
    ])
    expect(report.files[0]).toMatchObject({ readCount: 10, addedCount: 4, rejectedCount: 6 })
  })
})

describe('lines of others', () => {
  const base = {
    ...SAMPLE_BASE,
    'members.csv': 'organization_ref,member_ref,role\nC,A,OWNER\nA,B,USER\nC,nobody,USER\nC,B,KING\n',
    'access.csv':
      'msisdn,customer_ref,rights,until,alias\n+79160000001,B,VIEW+PAY,2030-01-01T00:00:00Z,Mum\n+79160000001,A,VIEW,,\n+79160000002,A,VIEW+OWN,,\n+79160000002,C,MANAGE,,\n',
  }

  it('are given with rights, in every copy, and audited once', async () => {
    const { rejects } = await importBase(database, base)
    await importBase(database, base)
    const given = [
      { customer_ref: 'B', rights: 3, until: new Date('2030-01-01T00:00:00Z') },
      { customer_ref: 'C', rights: 4, until: null },
    ]
    for (const schema of ['linked_numbers', 'products', 'payments']) {
      const rows = await database.sql(`
        select customer_ref, rights, until from ${schema}.line_access
        join accounts.account on account.id = account_id where rights < 15 order by 1
      `)
      expect(rows).toEqual(given)
    }
    expect(await database.sql('select changed_by from linked_numbers.access_audit')).toHaveLength(2)
    expect(await database.sql('select alias from linked_numbers.account_line where alias is not null')).toEqual([
      { alias: 'Mum' },
    ])
    expect(rejects).toEqual([
      'members.csv,3,organization_ref,unknown-customer,is no known customer that is an organization,A',
      'members.csv,4,member_ref,unknown-customer,is no known customer that is a person,nobody',
      expect.stringMatching(/^members.csv,5,role,unknown-value,/),
      'access.csv,3,customer_ref,own-line,owns the line and has every right,A',
      expect.stringMatching(/^access.csv,4,rights,unknown-value,/),
    ])
  })

  it('keep rights that were changed since', async () => {
    await importBase(database, base)
    await database.sql('update linked_numbers.line_access set rights = 0, version = 2 where rights = 3')
    await database.sql('update products.line_access set rights = 0, version = 2 where rights = 3')
    await importBase(database, base)
    const read = (schema: string) =>
      database.sql(`select rights, version::int from ${schema}.line_access where until is not null`)
    expect(await read('linked_numbers')).toEqual([{ rights: 0, version: 2 }])
    expect(await read('products')).toEqual([{ rights: 0, version: 2 }])
    expect(await read('payments')).toEqual([{ rights: 0, version: 2 }])
  })
})

describe('what an operator should be told', () => {
  it('is that the folder is not there, or has nothing of a base', async () => {
    await expect(importBase(database, { 'readme.txt': '' })).rejects.toThrow(ImportFailure)
  })

  it('is that lines need a catalogue', async () => {
    const base = { 'customers.csv': CUSTOMERS, 'lines.csv': SAMPLE_BASE['lines.csv'] ?? '' }
    await expect(importBase(database, base)).rejects.toThrow(/no tariff is known/)
  })

  it('is that a number is another customer’s since an earlier import', async () => {
    await importBase(database, SAMPLE_BASE)
    const lines = `${LINES_HEADER}\n+79160000001,B,Moscow,2024-01-31,base,9,0\n+79160000002,B,Kazan,2024-01-31,base,7,1\n`
    const { rejects, report } = await importBase(database, { 'lines.csv': lines })
    expect(rejects).toEqual([expect.stringMatching(/^lines.csv,2,msisdn,conflict,.*another customer.*,\+79160000001$/)])
    expect(report.files[0]).toMatchObject({ addedCount: 0, presentCount: 1, rejectedCount: 1 })
    expect(report.sums.openingBalance).toBe(-2_000n)
  })
})
