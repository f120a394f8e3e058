import type { Language } from '../../../../platform/languages.ts'
import {
  type FoundArticle,
  type HelpArticleRow,
  readHelpArticles,
  searchHelpArticles,
} from '../../store/consultant/help-articles.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { languageOf } from './written-text.ts'

/** The article that answers a question, and others to look at. */
export interface FoundAnswer {
  readonly article: HelpArticleRow
  /** The slugs of all, the best first. */
  readonly slugs: readonly string[]
}

const ARTICLES_SHOWN = 3

/** Finds the article that answers a question; null when none does surely enough, and a person has to. */
export async function findAnswer(
  { reader, policies }: Pick<ConsultantDependencies, 'reader' | 'policies'>,
  text: string,
  language: Language,
): Promise<FoundAnswer | null> {
  const values = await policies.current()
  const [best, ...others] = await searchArticles({ reader }, { text, language, first: ARTICLES_SHOWN })
  if (!best || best.rank < values['consultant.confidenceRank']) return null
  const lead = (best.rank - (others[0]?.rank ?? 0)) / best.rank
  if (lead < values['consultant.confidenceMargin']) return null
  const [article] = await readHelpArticles(reader, [best])
  return article ? { article, slugs: [best, ...others].map(({ slug }) => slug) } : null
}

export interface ArticleSearch {
  readonly text: string
  /** The language of who asks: what is written in another is searched in that, and where nothing is found in this. */
  readonly language: Language
  readonly first: number
}

/** The articles that have words of a text, the best first. */
export async function searchArticles(
  { reader }: Pick<ConsultantDependencies, 'reader'>,
  { text, language, first }: ArticleSearch,
): Promise<FoundArticle[]> {
  const searched = text.replaceAll('\0', ' ')
  const written = languageOf(searched, language)
  const found = await searchHelpArticles(reader, { text: searched, language: written, first })
  if (found.length > 0) return found
  return searchHelpArticles(reader, { text: searched, language: written === 'ru' ? 'en' : 'ru', first })
}
