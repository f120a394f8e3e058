import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import { authorName } from '../../../../platform/identity/author.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import type { Translated } from '../../../../platform/languages.ts'
import { isStorable } from '../../../../platform/text.ts'
import { insertNews, type NewsRow } from '../../store/news.ts'
import type { Tables } from '../../store/tables.ts'

export interface NewsDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
}

export interface PublishNews {
  readonly title: Translated
  readonly body: Translated
  /** Null for everywhere. */
  readonly regions: readonly string[] | null
  /** Null for now. */
  readonly publishAt: Date | null
  readonly until: Date | null
}

export type PublishNewsOutcome =
  | { readonly kind: 'published'; readonly news: NewsRow }
  | { readonly kind: 'invalid'; readonly path: readonly string[] }

const TITLE_LENGTH_MAX = 200
const BODY_LENGTH_MAX = 10_000
const REGIONS_MAX = 100
const REGION_LENGTH_MAX = 100

/** Tells something to everybody, or to the subscribers of some regions, now or from a later moment on. */
export async function publishNews(
  { db, clock, newId }: NewsDependencies,
  command: PublishNews,
  viewer: Viewer,
): Promise<PublishNewsOutcome> {
  const now = clock.now()
  const news = { ...trimmed(command), publishAt: command.publishAt ?? now }
  const path = findFault(news, now)
  if (path !== null) return { kind: 'invalid', path }
  const row: NewsRow = {
    id: newId(),
    title_ru: news.title.ru,
    title_en: news.title.en,
    body_ru: news.body.ru,
    body_en: news.body.en,
    regions: news.regions,
    publish_at: news.publishAt,
    until: news.until,
  }
  await insertNews(db, row, { by: authorName(viewer.principal), at: now })
  return { kind: 'published', news: row }
}

function trimmed({ title, body, regions, until }: PublishNews) {
  return {
    title: { ru: title.ru.trim(), en: title.en.trim() },
    body: { ru: body.ru.trim(), en: body.en.trim() },
    regions: regions && [...new Set(regions.map((region) => region.trim()))],
    until,
  }
}

/** Where the first thing stands that cannot be published; null when all is well. */
function findFault(
  { title, body, regions, publishAt, until }: ReturnType<typeof trimmed> & { readonly publishAt: Date },
  now: Date,
): readonly string[] | null {
  for (const language of ['ru', 'en'] as const) {
    if (!isText(title[language], TITLE_LENGTH_MAX)) return ['title', language]
    if (!isText(body[language], BODY_LENGTH_MAX)) return ['body', language]
  }
  if (regions && (regions.length < 1 || regions.length > REGIONS_MAX)) return ['regions']
  if (regions?.some((region) => !isText(region, REGION_LENGTH_MAX))) return ['regions']
  if (until !== null && (until <= publishAt || until <= now)) return ['until']
  return null
}

function isText(text: string, lengthMax: number): boolean {
  return text.length >= 1 && isStorable(text, lengthMax)
}
