import {
  ALLOWANCE_UNITS,
  type BulkAllowance,
  type BulkOffering,
  CHARGE_PERIODS,
} from '../../../subgraphs/products/bulk/catalogue.ts'
import { fee, oneOf, points, text } from '../csv/cells.ts'
import { BadCell, type ReadCell } from '../csv/columns.ts'

/** Thrown by the readers below at the first field that is wrong, and caught where the list is read. */
export class BadField extends Error {
  readonly field: string
  readonly cell: BadCell
  readonly value: string

  constructor(field: string, cell: BadCell, value: string) {
    super(`${field} ${cell.message}`)
    this.field = field
    this.cell = cell
    this.value = value
  }
}

export function readTariff(entry: unknown): BulkOffering {
  const tariff = asObject(entry, '')
  return {
    code: readField(tariff, 'code', text(100)),
    kind: 'TARIFF',
    isArchived: readArchived(tariff),
    name: readName(tariff),
    category: null,
    fee: readField(tariff, 'monthly_fee', fee),
    period: 'MONTH',
    allowances: readAllowances(tariff),
  }
}

export function readOption(entry: unknown): BulkOffering {
  const option = asObject(entry, '')
  return {
    code: readField(option, 'code', text(100)),
    kind: 'OPTION',
    isArchived: readArchived(option),
    name: readName(option),
    category: readField(option, 'category', text(100)),
    fee: readField(option, 'fee', fee),
    period: readField(option, 'period', oneOf(CHARGE_PERIODS)),
    allowances: [],
  }
}

type JsonObject = Readonly<Record<string, unknown>>

function asObject(value: unknown, field: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new BadField(field, new BadCell('bad-json', 'is no JSON object'), show(value))
}

function readName(offering: JsonObject): { ru: string; en: string } {
  const name = asObject(offering['name'], 'name')
  return {
    ru: readField(name, 'ru', text(200), 'name.'),
    en: readField(name, 'en', text(200), 'name.'),
  }
}

function readArchived({ archived = false }: JsonObject): boolean {
  if (typeof archived === 'boolean') return archived
  throw new BadField('archived', new BadCell('unknown-value', 'is neither true nor false'), show(archived))
}

function readAllowances({ allowances = [] }: JsonObject): BulkAllowance[] {
  if (!Array.isArray(allowances)) {
    throw new BadField('allowances', new BadCell('bad-json', 'is no list'), show(allowances))
  }
  return allowances.map((value: unknown, index) => {
    const path = `allowances[${index}]`
    const allowance = asObject(value, path)
    const kind = readField(
      allowance,
      'kind',
      oneOf(Object.keys(ALLOWANCE_UNITS) as (keyof typeof ALLOWANCE_UNITS)[]),
      `${path}.`,
    )
    readField(allowance, 'unit', unitOf(kind), `${path}.`)
    return { kind, quantity: Number(readField(allowance, 'quantity', points, `${path}.`)) }
  })
}

function unitOf(kind: keyof typeof ALLOWANCE_UNITS): ReadCell<string> {
  const unit = ALLOWANCE_UNITS[kind]
  return (cell) =>
    cell === unit ? unit : new BadCell('wrong-unit', `does not go with ${kind}, which is counted in ${unit}`)
}

/** A field as a cell of a CSV file would be read; a number is taken by its decimal digits. */
function readField<Value>(object: JsonObject, name: string, read: ReadCell<Value>, prefix = ''): Value {
  const value = object[name]
  const cell = typeof value === 'number' ? String(value) : value
  const result = typeof cell === 'string' && cell.trim() !== '' ? read(cell.trim()) : badField(cell)
  if (result instanceof BadCell) throw new BadField(prefix + name, result, show(value))
  return result
}

function badField(value: unknown): BadCell {
  const isBlank = value === undefined || value === null || typeof value === 'string'
  return isBlank ? new BadCell('blank', 'is blank') : new BadCell('bad-json', 'is neither text nor a number')
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
