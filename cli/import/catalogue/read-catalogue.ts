import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import type { CurrencyCode } from '../../../platform/money.ts'
import type { BulkOffering } from '../../../subgraphs/products/bulk/catalogue.ts'
import { BadCell } from '../csv/columns.ts'
import { ImportFailure } from '../import-failure.ts'
import type { Reject } from '../reject.ts'
import { elementLines } from './element-lines.ts'
import { BadField, readOption, readTariff } from './read-offering.ts'

export const CATALOGUE_FILE = 'catalogue.json'

export interface Catalogue {
  readonly offerings: readonly BulkOffering[]
  readonly rejects: readonly Reject[]
  readonly readCount: number
}

/** Where an offering stands in the file, for whoever is told what is wrong with it. */
export interface Placed {
  readonly path: string
  readonly line: number
}

/**
 * Reads the catalogue. An offering that is wrong is rejected by itself; a file that cannot be read, or is priced in
 * another currency, stops the import before anything is loaded, since every row leans on it.
 */
export async function readCatalogue(path: string, currency: CurrencyCode): Promise<Catalogue> {
  const text = await readText(path)
  const { tariffs, options } = parse(text, currency)
  const lines = elementLines(text)
  const offerings = new Map<string, BulkOffering & Placed>()
  const rejects: Reject[] = []
  const entries = [
    ...tariffs.map((entry, index) => ({ entry, path: `tariffs[${index}]`, read: readTariff })),
    ...options.map((entry, index) => ({ entry, path: `options[${index}]`, read: readOption })),
  ]
  for (const { entry, path: place, read } of entries) {
    const line = lines.get(place) ?? 1
    const offering = readOrReject(read, entry)
    const first = offering instanceof BadField ? undefined : offerings.get(offering.code)
    if (offering instanceof BadField) rejects.push(reject(place, line, offering))
    else if (first) rejects.push(reject(place, line, duplicate(offering.code, first)))
    else offerings.set(offering.code, { ...offering, path: place, line })
  }
  return { offerings: [...offerings.values()], rejects, readCount: entries.length }
}

/** The offerings whose code another kind of offering has already, as rejects. */
export function conflictRejects(catalogue: Catalogue, codes: readonly string[]): Reject[] {
  const message = 'is the code of an offering of the other kind, imported before'
  return (catalogue.offerings as readonly (BulkOffering & Placed)[])
    .filter(({ code }) => codes.includes(code))
    .map(({ code, path, line }) => reject(path, line, new BadField('code', new BadCell('conflict', message), code)))
}

function readOrReject(read: (entry: unknown) => BulkOffering, entry: unknown): BulkOffering | BadField {
  try {
    return read(entry)
  } catch (error) {
    if (error instanceof BadField) return error
    throw error
  }
}

function duplicate(code: string, { path, line }: Placed): BadField {
  const message = `was given as ${path} on line ${line} already; that one counts`
  return new BadField('code', new BadCell('duplicate', message), code)
}

function reject(path: string, line: number, { field, cell, value }: BadField): Reject {
  return {
    file: CATALOGUE_FILE,
    line,
    column: field === '' ? path : `${path}.${field}`,
    reason: cell.reason,
    message: cell.message,
    value,
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path)
  if (!isUtf8(bytes)) throw new ImportFailure(`${CATALOGUE_FILE} has bytes that are not UTF-8.`)
  const text = bytes.toString('utf8')
  return text.startsWith('\u{feff}') ? text.slice(1) : text
}

function parse(text: string, currency: CurrencyCode): { tariffs: unknown[]; options: unknown[] } {
  const { currency: given, tariffs, options } = parseObject(text)
  if (given !== currency) {
    throw new ImportFailure(
      `${CATALOGUE_FILE} is priced in ${JSON.stringify(given) ?? 'no currency'}, and this operator's currency is ${currency}. Nothing was imported.`,
    )
  }
  if (!Array.isArray(tariffs ?? []) || !Array.isArray(options ?? [])) {
    throw new ImportFailure(`${CATALOGUE_FILE}: "tariffs" and "options" must be lists.`)
  }
  return { tariffs: (tariffs as unknown[]) ?? [], options: (options as unknown[]) ?? [] }
}

function parseObject(text: string): Record<'currency' | 'tariffs' | 'options', unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<'currency' | 'tariffs' | 'options', unknown>
    }
  } catch (error) {
    throw new ImportFailure(`${CATALOGUE_FILE} is no JSON: ${(error as Error).message}`, { cause: error })
  }
  throw new ImportFailure(`${CATALOGUE_FILE} must be a JSON object with currency, tariffs and options.`)
}
