import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { type CardShop, openCardShop, RETURN_URL, SHOP } from '../testing/card-shop.ts'
import { runChild } from '../testing/child.ts'
import { insertAccount, insertCatalogue, insertLine } from '../testing/fixture.ts'
import { payOnPage } from '../testing/payment-page.ts'
import { readRegistry } from './registry-file.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const newId = createNewId(systemClock)
/** In Moscow, where the acquirer counts its days, it is noon: a day does not end while it is looked at. */
const NOON = new Date(`${systemClock.now().toISOString().slice(0, 10)}T09:00:00Z`)
const DAY = NOON.toISOString().slice(0, 10)

let shop: CardShop
let directory: string
let payments: string
let refunds: string
const ids: string[] = []

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'cabinet-registry-'))
  shop = await openCardShop({ clock: { now: () => NOON } })
  await insertCatalogue(shop.cabinet.database)
  const owner = await insertAccount(shop.cabinet.database, { number: 1 })
  const lineId = await insertLine(shop.cabinet.database, { number: 1, ownerId: owner })
  const token = await shop.cabinet.accountToken(owner)
  for (const amount of ['100.00', '200.00', '300.00']) {
    const input = { lineId, amount, returnUrl: RETURN_URL, idempotencyKey: newId() }
    const { payment } = await shop.send('top-up', { input }, token)
    await payOnPage(await shop.confirmationUrl(lineId, payment.id, token), 'success')
    await vi.waitFor(async () => {
      expect(await shop.send('payment', { lineId, id: payment.id }, token)).toMatchObject({ status: 'SUCCEEDED' })
    }, PATIENCE)
    ids.push(payment.id)
  }
  const input = { lineId, paymentId: ids[0], amount: '40.00', idempotencyKey: newId() }
  await shop.send('refund-payment', { input }, await shop.cabinet.staffToken('supervisor'))
  payments = await registry('payments')
  refunds = await registry('refunds')
})

afterAll(async () => {
  await shop.close()
  rmSync(directory, { recursive: true })
})

/** Where the acquirer's own list is read, by somebody who speaks Russian. */
const theirList = () => ({
  ACQUIRER_URL: shop.acquirer.apiUrl,
  ACQUIRER_SHOP_ID: SHOP.shopId,
  ACQUIRER_SECRET_KEY: SHOP.secretKey,
  LANG: 'ru_RU.UTF-8',
})

const registry = async (kind: string) => (await fetch(`${shop.acquirer.url}/registry?date=${DAY}&kind=${kind}`)).text()

function write(name: string, text: string): string {
  const file = path.join(directory, name)
  writeFileSync(file, text)
  return file
}

/** Runs the command on the test's database. */
const run = (args: readonly string[], variables: Record<string, string> = {}) =>
  runChild('cli/main.ts', ['reconcile', '--date', DAY, ...args], {
    DATABASE_URL: shop.cabinet.database.adminUrl,
    LANG: 'C',
    ...variables,
  })

const theirIds = () =>
  ids.map((id) => [...shop.acquirer.bank.payments.values()].find((one) => one.metadata['payment_id'] === id)?.id ?? '')
const ledgerRows = () => shop.cabinet.database.sql('select count(*)::int from payments.ledger_transaction')

describe('reconcile', { timeout: 120_000 }, () => {
  it('says that a day agrees, by registries and by the acquirer’s own list', async () => {
    const files = ['--registry', write('payments.csv', payments), write('refunds.csv', `\ufeff${refunds}`)]
    const fromFiles = await run(files)
    expect(fromFiles.errorOutput).toBe('')
    expect(fromFiles.output).toContain('✓ agree: 4 (560.00)')
    expect(fromFiles.output).toContain('The day agrees with the acquirer.')
    expect(fromFiles.exitCode).toBe(0)
    const fetched = await run([], theirList())
    expect(fetched.output).toContain('✓ сходится: 4 (560.00)')
    expect(fetched.exitCode).toBe(0)
  })

  it('leaves out of the acquirer’s own list what is in other money, and says so', async () => {
    const { bank } = shop.acquirer
    const [payment, refund] = [[...bank.payments.values()].at(-1), [...bank.refunds.values()].at(-1)]
    if (payment) bank.payments.set('strange-1', { ...payment, id: 'strange-1', currency: 'AMD' })
    if (refund) bank.refunds.set('strange-2', { ...refund, id: 'strange-2', currency: 'USD' })
    const { output, errorOutput, exitCode } = await run([], theirList())
    for (const map of [bank.payments, bank.refunds]) for (const id of ['strange-1', 'strange-2']) map.delete(id)
    expect(errorOutput).toContain('strange-1: AMD is not compared')
    expect(errorOutput).toContain('strange-2: USD is not compared')
    expect(output).toContain('✓ сходится: 4 (560.00)')
    expect(exitCode).toBe(0)
  })

  it('names what is missing here, missing there and other, keeps it, and posts nothing', async () => {
    const [first = '', second = '', third = ''] = theirIds()
    const unknown = newId()
    const changed = payments
      .split('\r\n')
      .filter((row) => !row.startsWith(second))
      .map((row) => (row.startsWith(third) ? row.replace('300.00', '300.01') : row))
    const text = `${changed.join('\r\n')}${unknown};77.70;RUB;22.11.2026 10:00:00;22.11.2026 10:00:00;\r\n`
    const before = await ledgerRows()
    const { output, exitCode } = await run([
      '--json',
      '--registry',
      write('changed.csv', text),
      write('r.csv', refunds),
    ])
    expect(exitCode).toBe(1)
    const told = JSON.parse(output)
    expect(told).toMatchObject({ day: DAY, matched: 2, matchedAmount: '60.00' })
    expect(told.differences).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ verdict: 'MISSING_HERE', acquirerId: unknown, theirs: '77.70', ours: null }),
        expect.objectContaining({ verdict: 'MISSING_THERE', acquirerId: second, ours: '200.00', theirs: null }),
        expect.objectContaining({ verdict: 'DIFFERING', acquirerId: third, ours: '300.00', theirs: '300.01' }),
      ]),
    )
    expect(told.differences).toHaveLength(3)
    expect(JSON.stringify(told.differences)).not.toContain(first)
    const kept = await shop.cabinet.database.sql(
      'select verdict, count(*)::int from payments.reconciliation_difference group by verdict order by verdict',
    )
    expect(kept).toEqual([
      { verdict: 'DIFFERING', count: 1 },
      { verdict: 'MISSING_HERE', count: 1 },
      { verdict: 'MISSING_THERE', count: 1 },
    ])
    expect(await ledgerRows()).toEqual(before)
  })

  it('refuses what is no day and no registry, and compares nothing then', async () => {
    const of = async (args: readonly string[]) => (await run(args)).errorOutput
    expect(await of(['--registry', write('no.csv', 'a;b\n1;2\n')])).toContain('no.csv: no column names the payment')
    const bad = payments.replace('100.00', 'many')
    expect(await of(['--registry', write('bad.csv', bad)])).toContain('bad.csv: row 2 has no id, no amount')
    expect(await of([])).toContain('Name the registry')
    const { errorOutput } = await runChild('cli/main.ts', ['reconcile', '--date', '2026-02-31'], {
      DATABASE_URL: shop.cabinet.database.adminUrl,
    })
    expect(errorOutput).toContain('2026-02-31 is no day')
  })
})

describe('a registry', () => {
  const read = (text: string) => readRegistry(text, { name: 'x.csv', currencyCode: 'RUB' })

  it('is read in either language, with either separator', () => {
    expect(read('payment_id,amount,currency\np1,10.50,RUB\n')).toEqual([
      { kind: 'PAYMENT', acquirerId: 'p1', kopecks: 1_050n },
    ])
    expect(read('Идентификатор возврата;Идентификатор платежа;Сумма возврата\nr1;p1;"10,50"\n')).toEqual([
      { kind: 'REFUND', acquirerId: 'r1', kopecks: 1_050n },
    ])
  })

  it('has commas in its cells, where its header is separated by semicolons', () => {
    const header = 'Идентификатор платежа;Сумма платежа;Валюта платежа;Описание'
    expect(read(`\ufeff\r\n${header}\r\np1;10.50;RUB;Заказ 5, SIM\r\np2;10,50;RUB;\r\n`)).toEqual([
      { kind: 'PAYMENT', acquirerId: 'p1', kopecks: 1_050n },
      { kind: 'PAYMENT', acquirerId: 'p2', kopecks: 1_050n },
    ])
    expect(read('payment_id,amount,description\np1,10.50,Order 5; SIM\n')).toEqual([
      { kind: 'PAYMENT', acquirerId: 'p1', kopecks: 1_050n },
    ])
  })

  it('of another currency, or with an amount that is none, is refused as a whole', () => {
    for (const row of ['p1,10.50,USD', 'p1,-1.00,RUB', 'p1,,RUB', ',1.00,RUB']) {
      expect(() => read(`payment_id,amount,currency\np0,1.00,RUB\n${row}\n`)).toThrow('row 3')
    }
  })
})
