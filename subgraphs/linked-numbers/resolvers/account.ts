import { encodeCursor, readIdCursor, readPageSize } from '../../../platform/pagination.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }) => ({ id }),

  lines: async ({ id }, { first, after }, { grant, lines, lineIdPages }) => {
    const pageSize = readPageSize(first)
    const afterLineId = readIdCursor(after)
    const ids = await lineIdPages.load({ accountId: id, first: pageSize, afterLineId })
    const pageIds = ids.slice(0, pageSize)
    const page = await lines.loadMany(pageIds.map((lineId) => ({ lineId, ...grant })))
    const edges = page.map(orThrow).flatMap((line) => (line ? [{ node: line, cursor: encodeCursor(line.id) }] : []))
    return {
      edges,
      nodes: edges.map((edge) => edge.node),
      pageInfo: {
        hasNextPage: ids.length > pageSize,
        hasPreviousPage: afterLineId !== null,
        // Where the page stands, though the viewer's role may hide the line that is there.
        startCursor: toCursor(pageIds.at(0)),
        endCursor: toCursor(pageIds.at(-1)),
      },
    }
  },
}

function toCursor(lineId: string | undefined): string | null {
  return lineId === undefined ? null : encodeCursor(lineId)
}

function orThrow<Value>(value: Value | Error): Value {
  if (value instanceof Error) throw value
  return value
}
