import { authorName } from '../../../../platform/identity/author.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { withdrawNews as withdrawStoredNews } from '../../store/news.ts'
import type { NewsDependencies } from './publish-news.ts'

export type WithdrawNewsOutcome =
  | { readonly kind: 'withdrawn'; readonly newsId: string }
  | { readonly kind: 'newsNotFound' }

/** Takes news back: nobody is shown it any more. */
export async function withdrawNews(
  { db, clock }: NewsDependencies,
  command: { readonly newsId: string },
  viewer: Viewer,
): Promise<WithdrawNewsOutcome> {
  const newsId = parseId(command.newsId)
  const withdrawn = { by: authorName(viewer.principal), at: clock.now() }
  if (newsId === null || !(await withdrawStoredNews(db, newsId, withdrawn))) return { kind: 'newsNotFound' }
  return { kind: 'withdrawn', newsId }
}
