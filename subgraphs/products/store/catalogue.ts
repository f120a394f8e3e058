import { sql } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Offering } from './tables.ts'

const OPEN_OFFERINGS = prepareStatement<{ readonly kinds: readonly Offering['kind'][] }, Offering>(
  'open-offerings',
  ({ kinds }) => sql`
    select id, code, kind, is_archived, name_ru, name_en, category, fee_kopecks, period, allowances
    from current_offering
    where kind = any(${kinds}::text[]) and not is_archived
    order by fee_kopecks, code
  `,
)

/** What can be joined or switched on now, for each kind, cheapest first. */
export async function readOpenOfferings(reader: Reader, kinds: readonly Offering['kind'][]): Promise<Offering[][]> {
  const offerings = await reader.read(OPEN_OFFERINGS, { kinds })
  return kinds.map((kind) => offerings.filter((offering) => offering.kind === kind))
}
