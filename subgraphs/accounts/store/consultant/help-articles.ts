import { sql } from 'kysely'
import { prepareStatement } from '../../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { Language } from '../../../../platform/languages.ts'

/** A help article in one language. */
export interface HelpArticleRow {
  readonly slug: string
  readonly language: Language
  readonly title: string
  readonly body: string
  readonly operation: string
}

export interface HelpArticleKey {
  readonly slug: string
  readonly language: Language
}

interface ArticleValues {
  readonly slugs: readonly string[]
  readonly languages: readonly Language[]
}

const ARTICLES = prepareStatement<ArticleValues, HelpArticleRow & { readonly key: number }>(
  'help-articles',
  ({ slugs, languages }) => sql`
    select asked.key::int as key, slug, language, title, body, operation
    from unnest(${slugs}::text[], ${languages}::text[]) with ordinality as asked (slug, language, key)
    join help_article using (slug, language)
  `,
)

/** The articles of these names, in their order; null where there is none. */
export async function readHelpArticles(
  reader: Reader,
  keys: readonly HelpArticleKey[],
): Promise<(HelpArticleRow | null)[]> {
  const values = { slugs: keys.map(({ slug }) => slug), languages: keys.map(({ language }) => language) }
  const articles = new Array<HelpArticleRow | null>(keys.length).fill(null)
  for (const row of await reader.read(ARTICLES, values)) articles[row.key - 1] = row
  return articles
}

const ALL_ARTICLES = prepareStatement<{ readonly language: Language; readonly first: number }, HelpArticleKey>(
  'all-help-articles',
  ({ language, first }) => sql`
    select slug, language from help_article where language = ${language} order by title, slug limit ${first}
  `,
)

/** The names of all articles in a language, in the order of their titles. */
export function listHelpArticles(reader: Reader, language: Language, first: number): Promise<HelpArticleKey[]> {
  return reader.read(ALL_ARTICLES, { language, first })
}

/** An article that has words of a question, and which part of what the question says it has: from 0 to 1. */
export interface FoundArticle extends HelpArticleKey {
  readonly rank: number
}

interface SearchValues {
  readonly text: string
  readonly language: Language
  readonly first: number
}

/**
 * What is asked for is taken apart by the dictionary of the language, so no text is bad syntax. A word counts by how
 * rare it is among the articles and, less and less the more there is of it, by how often the article has it. A word that
 * no article has is the rarest of all, and lowers the rank of every one.
 */
const SEARCH = prepareStatement<SearchValues, FoundArticle>(
  'search-help-articles',
  ({ text, language, first }) => sql`
    with word as (
      select lexeme
      from unnest(tsvector_to_array(to_tsvector(
        case ${language}::text when 'ru' then 'pg_catalog.russian'::regconfig else 'pg_catalog.english'::regconfig end,
        translate(${text}::text, 'ёЁ', 'еЕ')
      ))) as lexeme
    ),
    known as (
      select word.lexeme, slug, frequency, count(slug) over (partition by word.lexeme) as articles
      from word left join help_word on help_word.language = ${language} and help_word.lexeme = word.lexeme
    ),
    weighed as (
      select known.lexeme, slug, frequency,
        ln(1 + (total.articles - known.articles + 0.5) / (known.articles + 0.5)) as rarity
      from known cross join (select count(*) as articles from help_article where language = ${language}) as total
    )
    select slug, ${language}::text as language,
      sum(rarity * frequency / (frequency + 2))
        / (select sum(rarity) from (select distinct lexeme, rarity from weighed) as asked) as rank
    from weighed where slug is not null
    group by slug order by rank desc, slug limit ${first}
  `,
)

/** What is over does not help the search. */
const SEARCH_LENGTH_MAX = 2_000

/** The articles that have words of the text, the best first. */
export function searchHelpArticles(reader: Reader, values: SearchValues): Promise<FoundArticle[]> {
  return reader.read(SEARCH, { ...values, text: values.text.slice(0, SEARCH_LENGTH_MAX) })
}
