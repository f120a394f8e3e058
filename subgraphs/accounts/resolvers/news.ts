import { badUserInput } from '../../../platform/errors.ts'
import { parseId } from '../../../platform/ids.ts'
import { unreachable } from '../../../platform/invariant.ts'
import { decodeCursor, notACursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import { isStorable } from '../../../platform/text.ts'
import type { MutationResolvers, NewsResolvers, QueryResolvers } from '../generated/resolvers.ts'
import type { NewsPlace } from '../store/news.ts'
import { refusal } from './refusal.ts'

const REGION_LENGTH_MAX = 100

export const newsQueries: QueryResolvers = {
  news: async (_, { region, first, after }, { newsPages }) => {
    if (region && !isStorable(region, REGION_LENGTH_MAX)) {
      throw badUserInput(`\`region\` is the name of a region, at most ${REGION_LENGTH_MAX} characters.`)
    }
    const size = readPageSize(first)
    const place = readPlace(after ?? null)
    const rows = await newsPages.load({ region: region ?? null, first: size, after: place })
    const cursorOf = ({ publish_at, id }: { publish_at: Date; id: string }) => `${publish_at.toISOString()} ${id}`
    return toPage(rows, { size, isFirst: place === null, cursorOf })
  },
}

function readPlace(after: string | null): NewsPlace | null {
  if (after === null) return null
  const [time = '', idText = ''] = decodeCursor(after).split(' ')
  const publishAt = new Date(time)
  const id = parseId(idText)
  if (id === null || Number.isNaN(publishAt.getTime())) {
    throw notACursor()
  }
  return { publishAt, id }
}

export const news: NewsResolvers = {
  title: ({ title_ru, title_en }, _, { viewer }) => (viewer.language === 'ru' ? title_ru : title_en),
  body: ({ body_ru, body_en }, _, { viewer }) => (viewer.language === 'ru' ? body_ru : body_en),
  publishedAt: ({ publish_at }) => publish_at,
}

export const newsMutations: MutationResolvers = {
  publishNews: async (_, { input }, { newsDesk, viewer }) => {
    const { title, body, regions, publishAt, until } = input
    const command = { title, body, regions: regions ?? null, publishAt: publishAt ?? null, until: until ?? null }
    const outcome = await newsDesk.publish(command, viewer)
    switch (outcome.kind) {
      case 'published':
        return { __typename: 'PublishNewsSuccess', news: outcome.news }
      case 'invalid':
        return refusal('InvalidNewsError', viewer.language, outcome.path)
      default:
        return unreachable(outcome)
    }
  },

  withdrawNews: async (_, { input }, { newsDesk, viewer }) => {
    const outcome = await newsDesk.withdraw(input, viewer)
    switch (outcome.kind) {
      case 'withdrawn':
        return { __typename: 'WithdrawNewsSuccess', newsId: outcome.newsId }
      case 'newsNotFound':
        return refusal('NewsNotFoundError', viewer.language, ['newsId'])
      default:
        return unreachable(outcome)
    }
  },
}
