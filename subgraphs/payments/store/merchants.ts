import { type Kysely, sql } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Translated } from '../../../platform/languages.ts'
import { MERCHANT_ID } from '../../../platform/merchants/merchants.ts'
import type { Tables } from './tables.ts'

/** Somebody who can be paid from a line; amounts in kopecks. */
export interface MerchantRow {
  readonly id: string
  readonly name_ru: string
  readonly name_en: string
  readonly reference_label_ru: string
  readonly reference_label_en: string
  readonly reference_pattern: string
  readonly reference_example: string
  readonly amount_min: bigint
  readonly amount_max: bigint
  readonly fee_permille: number
}

interface PageValues {
  readonly search: string
  readonly after: string | null
  readonly first: number
}

const MERCHANTS = prepareStatement<PageValues, MerchantRow>(
  'merchants',
  ({ search, after, first }) => sql`
    select id, name_ru, name_en, reference_label_ru, reference_label_en, reference_pattern, reference_example,
      amount_min, amount_max, fee_permille
    from merchant
    where is_open and (${after}::text is null or id > ${after}::text)
      and (position(lower(${search}::text) in lower(name_ru)) > 0 or position(lower(${search}::text) in lower(name_en)) > 0)
    order by id limit ${first}::int
  `,
)

/** Those who can be paid now and whose name holds a text, in the order of their ids. */
export function readMerchants(reader: Reader, values: PageValues): Promise<MerchantRow[]> {
  return reader.read(MERCHANTS, values)
}

/** Null for one that there is not, or that takes nothing now. */
export async function findMerchant(db: Kysely<Tables>, id: string): Promise<MerchantRow | null> {
  if (!MERCHANT_ID.test(id)) return null
  const row = await db
    .selectFrom('merchant')
    .selectAll()
    .where('id', '=', id)
    .where('is_open', '=', true)
    .executeTakeFirst()
  return row ?? null
}

/** What one is called, though it may take nothing now: it stays in the table when it leaves the catalogue. */
export async function findMerchantName(db: Kysely<Tables>, id: string): Promise<Translated | null> {
  const row = await db
    .selectFrom('merchant')
    .select(['name_ru as ru', 'name_en as en'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}
