import type { Kysely } from 'kysely'
import type { Offering, Tables } from './tables.ts'

/** What can be joined or switched on now, cheapest first. */
export async function readOpenOfferings(db: Kysely<Tables>, kind: Offering['kind']): Promise<Offering[]> {
  return db
    .selectFrom('current_offering')
    .select([
      'id',
      'code',
      'kind',
      'is_archived',
      'name_ru',
      'name_en',
      'category',
      'fee_kopecks',
      'period',
      'allowances',
    ])
    .where('kind', '=', kind)
    .where('is_archived', '=', false)
    .orderBy('fee_kopecks')
    .orderBy('code')
    .execute()
}
