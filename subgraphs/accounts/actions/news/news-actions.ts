import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type NewsDependencies, type PublishNews, type PublishNewsOutcome, publishNews } from './publish-news.ts'
import { type WithdrawNewsOutcome, withdrawNews } from './withdraw-news.ts'

/** What staff do about news. */
export interface NewsActions {
  publish(command: PublishNews, viewer: Viewer): Promise<PublishNewsOutcome>
  withdraw(command: { readonly newsId: string }, viewer: Viewer): Promise<WithdrawNewsOutcome>
}

export function createNewsActions(dependencies: NewsDependencies): NewsActions {
  return {
    publish: (command, viewer) => publishNews(dependencies, command, viewer),
    withdraw: (command, viewer) => withdrawNews(dependencies, command, viewer),
  }
}
