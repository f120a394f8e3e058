import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Period } from './tables.ts'

/** An offering as a line has it, at the price of the version that counts now. */
export interface LineProductRow {
  readonly key: number
  readonly code: string
  readonly name_ru: string
  readonly name_en: string
  readonly fee_kopecks: bigint
  readonly period: Period
  readonly activated_on: string
}

export interface LineTariffRow extends LineProductRow {
  /** The offering's id. */
  readonly id: string
  readonly is_archived: boolean
}

/** `id` is that of the option on the line; null when the line has no option at all. */
export interface LineOptionRow extends LineProductRow {
  readonly id: string | null
}

const LINE_TARIFFS = prepareStatement<LineKeyValues, LineTariffRow>(
  'line-tariffs',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, offering.id, offering.code, offering.name_ru, offering.name_en, offering.fee_kopecks,
      offering.period, offering.is_archived, line_tariff.activated_on
    from allowed
    join line_tariff on line_tariff.line_id = allowed.line_id
    join current_offering as offering on offering.id = line_tariff.offering_id
  `,
)

export function readLineTariffs(reader: Reader, keys: readonly LineKey[], now: Date): Promise<LineTariffRow[]> {
  return reader.read(LINE_TARIFFS, toLineKeyValues(keys, now))
}

const ACTIVE_OPTIONS = prepareStatement<LineKeyValues, LineOptionRow>(
  'active-options',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, line_option.id, offering.code, offering.name_ru, offering.name_en, offering.fee_kopecks,
      offering.period, line_option.activated_on
    from allowed
    join line_tariff on line_tariff.line_id = allowed.line_id
    left join line_option on line_option.line_id = allowed.line_id and line_option.deactivated_at is null
    left join current_offering as offering on offering.id = line_option.offering_id
    order by allowed.key, line_option.activated_on, offering.code
  `,
)

export function readActiveOptions(reader: Reader, keys: readonly LineKey[], now: Date): Promise<LineOptionRow[]> {
  return reader.read(ACTIVE_OPTIONS, toLineKeyValues(keys, now))
}
