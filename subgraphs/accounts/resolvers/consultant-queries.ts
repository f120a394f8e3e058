import { parseId } from '../../../platform/ids.ts'
import { invariant } from '../../../platform/invariant.ts'
import { readPageSize, toPage } from '../../../platform/pagination.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'
import { queuePlaceText, readQueuePlace } from './conversation-places.ts'

/** What is asked of the consultant. */
export const consultantQueries = {
  helpArticles: async (_, { search, first }, { consultant, viewer }) => {
    const size = readPageSize(first)
    const { language } = viewer
    const keys = search
      ? await consultant.searchArticles({ text: search, language, first: size })
      : await consultant.listArticles(language, size)
    const articles = await Promise.all(keys.map((key) => consultant.articles.load(key)))
    return articles.filter((article) => article !== null)
  },

  helpArticle: (_, { slug }, { consultant, viewer }) =>
    consultant.articles.load({ slug: slug.replaceAll('\0', ''), language: viewer.language }),

  conversation: (_, { id: text }, { consultant, grant, viewer }) => {
    const id = parseId(text)
    if (id === null) return null
    return grant.accountId === null
      ? consultant.read(id, viewer)
      : consultant.conversations.load({ accountId: grant.accountId, id })
  },

  consultantQueue: async (_, { first, after }, { consultant, viewer: { principal } }) => {
    invariant(principal.kind === 'staff', 'the queue is for staff')
    const size = readPageSize(first)
    const place = readQueuePlace(after)
    const rows = await consultant.queue({
      staffId: principal.staffId,
      isSupervisor: principal.roles.includes('supervisor'),
      first: size,
      after: place,
    })
    return toPage(rows, { size, isFirst: place === null, cursorOf: queuePlaceText })
  },
} satisfies QueryResolvers
