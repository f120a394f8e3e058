import { sql } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Period } from './tables.ts'

/** A product that a line has, at one version of its price. */
export interface LinePriceRow {
  readonly line_id: string
  /** The id of the option on the line; the tariff's is that of the line. */
  readonly product_id: string
  readonly activated_on: string
  readonly version: number
  readonly valid_from: Date
  readonly name_ru: string
  readonly name_en: string
  readonly fee_kopecks: bigint
  readonly period: Period
}

interface LinePriceValues {
  readonly lineIds: readonly string[]
  readonly until: Date
}

const LINE_PRICES = prepareStatement<LinePriceValues, LinePriceRow>(
  'line-prices',
  ({ lineIds, until }) => sql`
    with product as (
      select line_id, line_id as product_id, offering_id, activated_on
      from line_tariff where line_id = any(${lineIds}::uuid[])
      union all
      select line_id, id, offering_id, activated_on
      from line_option where line_id = any(${lineIds}::uuid[]) and deactivated_at is null
    )
    select product.line_id, product.product_id, product.activated_on, price.version, price.valid_from, price.name_ru,
      price.name_en, price.fee_kopecks, price.period
    from product
    join offering_version as price on price.offering_id = product.offering_id
      and price.valid_from < ${until}::timestamptz
    order by product.line_id, product.activated_on, product.product_id, price.version
  `,
)

/** What each product of these lines costs, by every version that begins before a moment. It asks for nobody's rights. */
export function readLinePrices(reader: Reader, lineIds: readonly string[], until: Date): Promise<LinePriceRow[]> {
  return reader.read(LINE_PRICES, { lineIds, until })
}
