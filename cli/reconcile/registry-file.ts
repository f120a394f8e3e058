import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { EnvironmentError } from '../../platform/environment.ts'
import { type CurrencyCode, parseKopecks } from '../../platform/money.ts'
import type { RegistryEntry, RegistryKind } from '../../subgraphs/payments/reconciliation.ts'

/** How the acquirer names its columns, in either language. */
interface Columns {
  readonly kind: RegistryKind
  readonly id: readonly string[]
  readonly amount: readonly string[]
  readonly currency: readonly string[]
}

/** Refunds first: their registry names the payment too. */
const REGISTRIES: readonly Columns[] = [
  {
    kind: 'REFUND',
    id: ['идентификатор возврата', 'refund id', 'refund_id'],
    amount: ['сумма возврата', 'refund amount', 'amount'],
    currency: ['валюта возврата', 'refund currency', 'currency'],
  },
  {
    kind: 'PAYMENT',
    id: ['идентификатор платежа', 'payment id', 'payment_id'],
    amount: ['сумма платежа', 'payment amount', 'amount'],
    currency: ['валюта платежа', 'payment currency', 'currency'],
  },
]

/** Reads a registry of payments or of refunds, which its header tells. Rejects when any row cannot be read. */
export async function readRegistryFile(file: string, currencyCode: CurrencyCode): Promise<RegistryEntry[]> {
  return readRegistry(await readFile(file, 'utf8'), { name: path.basename(file), currencyCode })
}

export function readRegistry(
  text: string,
  { name, currencyCode }: { readonly name: string; readonly currencyCode: CurrencyCode },
): RegistryEntry[] {
  const [header = [], ...rows] = parseCells(text, name)
  const titles = header.map((title) => title.trim().toLowerCase())
  const registry = REGISTRIES.find(({ id }) => id.some((title) => titles.includes(title)))
  if (!registry) throw new EnvironmentError(`${name}: no column names the payment or the refund.`)
  const place = (names: readonly string[]) => titles.findIndex((title) => names.includes(title))
  const [id, amount, currency] = [place(registry.id), place(registry.amount), place(registry.currency)]
  return rows.map((cells, index) => {
    const kopecks = parseKopecks((cells[amount] ?? '').trim().replace(',', '.'))
    const acquirerId = cells[id]?.trim() ?? ''
    const isOurs = currency === -1 || cells[currency]?.trim() === currencyCode
    if (acquirerId === '' || kopecks === null || kopecks <= 0n || !isOurs) {
      // The row's number as an editor shows it.
      throw new EnvironmentError(`${name}: row ${index + 2} has no id, no amount or another currency.`)
    }
    return { kind: registry.kind, acquirerId, kopecks }
  })
}

function parseCells(text: string, name: string): string[][] {
  try {
    return parse(text, { bom: true, delimiter: delimiterOf(text), skip_empty_lines: true })
  } catch (error) {
    throw new EnvironmentError(`${name} is no CSV: ${(error as Error).message}`, { cause: error })
  }
}

/** Its header tells: further down a comma may stand in an amount or in a description. */
function delimiterOf(text: string): ';' | ',' {
  const [header = ''] = text.trimStart().split('\n', 1)
  return header.includes(';') ? ';' : ','
}
