import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCabinet, type TestCabinet } from '../testing/test-cabinet.ts'
import { importDirectory } from './testing/import-base.ts'

const BASE = fileURLToPath(new URL('../../../shared/data/telco-base/', import.meta.url))
const hasBase = existsSync(BASE)
if (!hasBase) console.warn(`The home query is not tried over the public base: there is no ${BASE}.`)

const NOW = new Date('2026-11-22T10:00:00Z')
const EXPIRY = '2027-11-22T10:00:00.000Z'
const REQUESTS_AT_ONCE = 32

type Row = Readonly<Record<string, string>>

interface CatalogueEntry {
  readonly code: string
  readonly name: Readonly<Record<'ru' | 'en', string>>
  readonly monthly_fee?: string
  readonly fee?: string
  readonly period?: string
}

/** What the files say, worked out without any of the product's code. */
class Files {
  readonly customers: readonly Row[]
  readonly #linesOf: ReadonlyMap<string, Row[]>
  readonly #optionsOf: ReadonlyMap<string, Row[]>
  readonly #offerings: ReadonlyMap<string, CatalogueEntry>

  constructor(customers: Row[], lines: Row[], products: Row[], offerings: CatalogueEntry[]) {
    this.customers = customers
    this.#linesOf = Map.groupBy(lines, (line) => line['customer_ref'] ?? '')
    this.#optionsOf = Map.groupBy(products, (product) => product['msisdn'] ?? '')
    this.#offerings = new Map(offerings.map((offering) => [offering.code, offering]))
  }

  /** The lines of a customer's home screen, without ids, by number. */
  home(customerRef: string): object[] {
    return (this.#linesOf.get(customerRef) ?? []).map((line) => this.#line(line)).sort(byNumber)
  }

  #line(line: Row): { msisdn: string } {
    const tariff = this.#offerings.get(line['tariff_code'] ?? '')
    const points = Number(line['bonus_points'])
    return {
      msisdn: line['msisdn'] ?? '',
      alias: null,
      status: 'ACTIVE',
      balance: { available: rubles(line['balance']), reserved: rubles('0'), asOf: NOW.toISOString() },
      tariff: {
        name: tariff?.name.ru,
        monthlyFee: rubles(tariff?.monthly_fee),
        nextChargeAt: nextMonthly(tariff?.monthly_fee, line['activated_on']),
      },
      bonuses: { points, expiringNext: points > 0 ? { points, expiresAt: EXPIRY } : null },
      activeOptions: (this.#optionsOf.get(line['msisdn'] ?? '') ?? [])
        .map((option) => this.#option(option))
        .sort(byName),
    } as { msisdn: string }
  }

  #option(product: Row): { name: string } {
    const option = this.#offerings.get(product['offering_code'] ?? '')
    return {
      name: option?.name.ru ?? '',
      fee: rubles(option?.fee),
      period: option?.period,
      nextChargeAt: nextMonthly(option?.fee, product['activated_on']),
    } as { name: string }
  }
}

/** `18.5` as the graph writes it: two digits, roubles. */
function rubles(amount = ''): object {
  const [whole, fraction = ''] = amount.split('.')
  return { amount: `${whole}.${fraction.padEnd(2, '0')}`, currencyCode: 'RUB' }
}

/** All of the base begins on the first of a month, so its next monthly fee is due on the first of December. */
function nextMonthly(fee = '0', activatedOn = ''): string | null {
  expect(activatedOn).toMatch(/-01$/)
  return Number(fee) === 0 ? null : '2026-12-01T00:00:00.000Z'
}

function byNumber(a: { msisdn: string }, b: { msisdn: string }): number {
  return a.msisdn.localeCompare(b.msisdn)
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name)
}

async function readFiles(): Promise<Files> {
  const rows = async (file: string): Promise<Row[]> => parse(await readFile(`${BASE}${file}`), { columns: true })
  const { tariffs, options } = JSON.parse(await readFile(`${BASE}catalogue.json`, 'utf8'))
  return new Files(await rows('customers.csv'), await rows('lines.csv'), await rows('products.csv'), [
    ...tariffs,
    ...options,
  ])
}

describe.runIf(hasBase)('the home query over the public telco base', () => {
  let cabinet: TestCabinet
  let files: Files
  let query: string

  beforeAll(async () => {
    const clock = { now: () => NOW }
    cabinet = await openTestCabinet({ clock })
    await importDirectory(cabinet.database, BASE, { clock })
    files = await readFiles()
    query = await readFile(new URL('../../schema/operations/home.graphql', import.meta.url), 'utf8')
  }, 60_000)

  afterAll(() => cabinet.close())

  it('agrees with the files in each field, for every account', { timeout: 240_000 }, async () => {
    const accounts = await cabinet.database.sql<{ customer_ref: string; account_id: string }>(
      'select customer_ref, account_id from accounts.customer_directory',
    )
    const idOf = new Map(accounts.map((account) => [account.customer_ref, account.account_id]))
    const waiting = [...files.customers]
    let agreed = 0
    const work = async (): Promise<void> => {
      for (let customer = waiting.pop(); customer; customer = waiting.pop()) {
        const ref = customer['customer_ref'] ?? ''
        const id = idOf.get(ref) ?? ''
        const { data, errors } = await cabinet.ask({ query, variables: { first: 100 } }, await cabinet.accountToken(id))
        expect(errors).toBeUndefined()
        expect({ ...data.viewer, lines: shown(data.viewer.lines.nodes) }).toEqual({
          id,
          displayName: customer['name'],
          lines: files.home(ref),
        })
        agreed += 1
      }
    }
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work))
    expect(agreed).toBe(7_043)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: the answer of a query that stands in a file.
function shown(nodes: any[]): object[] {
  return nodes
    .map(({ id: _, tariff: { id: __, ...tariff }, activeOptions, ...line }) => ({
      ...line,
      tariff,
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      activeOptions: activeOptions.map(({ id: ___, ...option }: any) => option).sort(byName),
    }))
    .sort(byNumber)
}
