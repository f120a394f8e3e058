import { badUserInput } from '../../../platform/errors.ts'
import { parseId } from '../../../platform/ids.ts'
import { decodeCursor, encodeCursor, readPageSize } from '../../../platform/pagination.ts'
import type { AccountResolvers, NoticeResolvers } from '../generated/resolvers.ts'
import { CATEGORY_OF } from '../notices/categories.ts'
import { noticeText } from '../notices/texts.ts'

export const notice: NoticeResolvers = {
  category: ({ kind }) => CATEGORY_OF[kind],
  text: ({ kind, parameters, language }) => noticeText(kind, parameters, language),
  createdAt: ({ created_at }) => created_at,
  readAt: ({ read_at }) => read_at,
}

/** A page of an account's notices. */
export const notices: NonNullable<AccountResolvers['notices']> = async (
  { id, language },
  { first, after },
  context,
) => {
  const pageSize = readPageSize(first)
  const afterId = readCursor(after ?? null)
  const rows = await context.noticePages.load({ accountId: id, first: pageSize, afterId })
  const edges = rows.slice(0, pageSize).map((row) => ({ node: { ...row, language }, cursor: encodeCursor(row.id) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > pageSize,
      hasPreviousPage: afterId !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function readCursor(after: string | null): string | null {
  if (after === null) return null
  const noticeId = parseId(decodeCursor(after))
  if (noticeId === null) throw badUserInput('`after` is the `endCursor` of a page that was given before.')
  return noticeId
}
