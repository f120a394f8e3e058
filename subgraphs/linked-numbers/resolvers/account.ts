import { badUserInput } from '../../../platform/errors.ts'
import { parseId } from '../../../platform/ids.ts'
import { decodeCursor, encodeCursor, readPageSize } from '../../../platform/pagination.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }) => ({ id }),

  lines: async ({ id }, { first, after }, { grant, lines, lineIdPages }) => {
    const pageSize = readPageSize(first)
    const afterLineId = readCursor(after ?? null)
    const ids = await lineIdPages.load({ accountId: id, first: pageSize, afterLineId })
    const page = await lines.loadMany(ids.slice(0, pageSize).map((lineId) => ({ lineId, ...grant })))
    const edges = page.map(orThrow).flatMap((line) => (line ? [{ node: line, cursor: encodeCursor(line.id) }] : []))
    return {
      edges,
      nodes: edges.map((edge) => edge.node),
      pageInfo: {
        hasNextPage: ids.length > pageSize,
        hasPreviousPage: afterLineId !== null,
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    }
  },
}

function readCursor(after: string | null): string | null {
  if (after === null) return null
  const lineId = parseId(decodeCursor(after))
  if (lineId === null) throw badUserInput('`after` is the `endCursor` of a page that was given before.')
  return lineId
}

function orThrow<Value>(value: Value | Error): Value {
  if (value instanceof Error) throw value
  return value
}
