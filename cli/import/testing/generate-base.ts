import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, type Random } from '../../demo/random.ts'
import { CsvWriter } from '../write-base.ts'

export interface GeneratedBase {
  readonly directory: string
  readonly lineCount: number
  readonly seed: number
}

const OPTION_CODES = ['security', 'backup', 'protection', 'support', 'tv', 'movies'] as const
const REGIONS = ['Moscow', 'Saint Petersburg', 'Novosibirsk', 'Kazan', 'Amur'] as const
const TARIFF_CODES = ['start', 'smart', 'unlimited', 'second-line'] as const
/** Of customers with a second line, and of lines with each option: a public telco base has these. */
const SECOND_LINE_SHARE = 0.42
const OPTION_SHARE = 0.239

/**
 * Writes a base of so many lines in the import format, streamed; the same seed gives the same bytes. For a thousand
 * lines there are some 704 customers and 1,434 options.
 */
export async function generateBase({ directory, lineCount, seed }: GeneratedBase): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'catalogue.json'), JSON.stringify(catalogue(), null, 1))
  const random = createRandom(seed)
  const customers = new CsvWriter(directory, 'customers.csv', ['customer_ref', 'kind', 'name', 'language'])
  const lines = new CsvWriter(directory, 'lines.csv', [
    'msisdn',
    'customer_ref',
    'region',
    'activated_on',
    'tariff_code',
    'balance',
    'bonus_points',
  ])
  const products = new CsvWriter(directory, 'products.csv', ['msisdn', 'offering_code', 'activated_on'])
  let written = 0
  for (let customer = 0; written < lineCount; customer += 1) {
    const ref = `C-${String(customer).padStart(8, '0')}`
    await customers.write([ref, 'individual', `Customer ${ref}`, random.chance(0.5) ? 'ru' : 'en'])
    const lineEnd = Math.min(written + (random.chance(SECOND_LINE_SHARE) ? 2 : 1), lineCount)
    for (; written < lineEnd; written += 1) {
      const row = lineRow(random, ref, written)
      await lines.write(row)
      const options = OPTION_CODES.filter(() => random.chance(OPTION_SHARE))
      for (const option of options) await products.write([row[0] ?? '', option, row[3] ?? ''])
    }
  }
  await Promise.all([customers.close(), lines.close(), products.close()])
}

/** Numbers are spread over their range, as those of customers who come one after another are. */
function lineRow(random: Random, ref: string, index: number): (string | number)[] {
  const number = (index * 7_368_787) % 100_000_000
  const day = `20${random.between(18, 25)}-${pad(random.between(1, 12))}-${pad(random.between(1, 28))}`
  const kopecks = random.chance(0.3) ? 0 : random.between(-20_000, 300_000)
  const sign = kopecks < 0 ? '-' : ''
  const balance = `${sign}${Math.floor(Math.abs(kopecks) / 100)}.${pad(Math.abs(kopecks) % 100)}`
  const points = random.chance(0.3) ? 0 : random.between(0, 1_700)
  return [`+79${100_000_000 + number}`, ref, random.pick(REGIONS), day, random.pick(TARIFF_CODES), balance, points]
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}

function catalogue(): object {
  const name = (code: string) => ({ en: code, ru: code })
  return {
    currency: 'RUB',
    tariffs: TARIFF_CODES.map((code) => ({
      code,
      name: name(code),
      monthly_fee: '300.00',
      allowances: [{ kind: 'DATA', quantity: 10_240, unit: 'MEGABYTE' }],
    })),
    options: OPTION_CODES.map((code) => ({
      code,
      name: name(code),
      category: 'SERVICE',
      fee: '5.00',
      period: 'MONTH',
    })),
  }
}
