import { type Kysely, sql } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Tables } from './tables.ts'

/** A piece of news in every language. */
export interface NewsRow {
  readonly id: string
  readonly title_ru: string
  readonly title_en: string
  readonly body_ru: string
  readonly body_en: string
  readonly regions: readonly string[] | null
  readonly publish_at: Date
  readonly until: Date | null
}

/** The place of a piece of news among the others. */
export interface NewsPlace {
  readonly publishAt: Date
  readonly id: string
}

/** A page of the news of a region; of everywhere only when it is null. */
export interface NewsPageKey {
  readonly region: string | null
  readonly first: number
  readonly after: NewsPlace | null
}

interface NewsPageValues {
  readonly regions: readonly (string | null)[]
  readonly sizes: readonly number[]
  readonly afterTimes: readonly (Date | null)[]
  readonly afterIds: readonly (string | null)[]
  readonly now: Date
}

const NEWS_PAGES = prepareStatement<NewsPageValues, NewsRow & { readonly key: number }>(
  'news-pages',
  ({ regions, sizes, afterTimes, afterIds, now }) => sql`
    select asked.key::int as key, page.*
    from unnest(${regions}::text[], ${sizes}::int[], ${afterTimes}::timestamptz[], ${afterIds}::uuid[])
      with ordinality as asked (region, size, after_time, after_id, key)
    cross join lateral (
      select id, title_ru, title_en, body_ru, body_en, regions, publish_at, until
      from news
      where publish_at <= ${now}::timestamptz and withdrawn_at is null and (until is null or until > ${now}::timestamptz)
        and (regions is null or asked.region = any(regions))
        and (publish_at, id)
          < (coalesce(asked.after_time, 'infinity'), coalesce(asked.after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by publish_at desc, id desc
      limit asked.size
    ) as page
    order by asked.key, page.publish_at desc, page.id desc
  `,
)

/** The news of each page, newest first, and one more where another page follows. */
export async function readNewsPages(reader: Reader, pages: readonly NewsPageKey[], now: Date): Promise<NewsRow[][]> {
  const rows = await reader.read(NEWS_PAGES, {
    regions: pages.map(({ region }) => region),
    sizes: pages.map(({ first }) => first + 1),
    afterTimes: pages.map(({ after }) => after?.publishAt ?? null),
    afterIds: pages.map(({ after }) => after?.id ?? null),
    now,
  })
  const lists = pages.map((): NewsRow[] => [])
  for (const row of rows) lists[row.key - 1]?.push(row)
  return lists
}

export async function insertNews(
  db: Kysely<Tables>,
  news: NewsRow,
  published: { readonly by: string; readonly at: Date },
): Promise<void> {
  const regions = news.regions && [...news.regions]
  await db
    .insertInto('news')
    .values({
      ...news,
      regions,
      published_by: published.by,
      created_at: published.at,
      withdrawn_at: null,
      withdrawn_by: null,
    })
    .execute()
}

/** Takes news back. False when there is none with this id, or it was taken back before. */
export async function withdrawNews(
  db: Kysely<Tables>,
  id: string,
  withdrawn: { readonly by: string; readonly at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('news')
    .set({ withdrawn_at: withdrawn.at, withdrawn_by: withdrawn.by })
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
