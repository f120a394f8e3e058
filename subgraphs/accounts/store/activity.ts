import { sql } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { StaffRole } from '../../../platform/identity/viewer.ts'

/** An act as it is read back. */
export interface ActRow {
  readonly account_id: string
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly staff_roles: readonly StaffRole[] | null
  readonly kind: string
  readonly line_id: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly address: string | null
  readonly request_id: string | null
  readonly reason: string | null
}

/** A page of what was done to an account and seen of it. */
export interface ActivityPageKey {
  readonly accountId: string
  readonly first: number
  readonly afterId: string | null
  /** Only acts of these kinds; null for all. */
  readonly kinds: readonly string[] | null
}

interface ActivityPageValues {
  readonly accountIds: readonly string[]
  readonly sizes: readonly number[]
  readonly afterIds: readonly (string | null)[]
  /** Divided by commas: an array of arrays would have to be a rectangle. */
  readonly kinds: readonly (string | null)[]
}

const ACTIVITY_PAGES = prepareStatement<ActivityPageValues, ActRow & { readonly key: number }>(
  'activity-pages',
  ({ accountIds, sizes, afterIds, kinds }) => sql`
    select asked.key::int as key, page.*
    from unnest(${accountIds}::uuid[], ${sizes}::int[], ${afterIds}::uuid[], ${kinds}::text[])
      with ordinality as asked (account_id, size, after_id, kinds, key)
    cross join lateral (
      select account_id, id, at, actor, staff_roles, kind, line_id, details, host(address) as address, request_id, reason
      from act
      where account_id = asked.account_id and id < coalesce(asked.after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and (asked.kinds is null or kind = any(string_to_array(asked.kinds, ',')))
      order by id desc
      limit asked.size
    ) as page
    order by asked.key, page.id desc
  `,
)

/** The acts of each page, newest first, and one more where another page follows. */
export async function readActivityPages(reader: Reader, pages: readonly ActivityPageKey[]): Promise<ActRow[][]> {
  const rows = await reader.read(ACTIVITY_PAGES, {
    accountIds: pages.map(({ accountId }) => accountId),
    sizes: pages.map(({ first }) => first + 1),
    afterIds: pages.map(({ afterId }) => afterId),
    kinds: pages.map(({ kinds }) => kinds?.join(',') ?? null),
  })
  const lists = pages.map((): ActRow[] => [])
  for (const row of rows) lists[row.key - 1]?.push(row)
  return lists
}
