import { readIdCursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import type { AccountResolvers, NoticeResolvers } from '../generated/resolvers.ts'
import { CATEGORY_OF } from '../notices/categories.ts'
import { noticeText } from '../notices/texts.ts'

export const notice: NoticeResolvers = {
  category: ({ kind }) => CATEGORY_OF[kind],
  async text({ kind, parameters, language }, _, { policies }) {
    const { 'operator.timeZone': timeZone } = await policies.current()
    return noticeText(kind, { ...parameters, timeZone }, language)
  },
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
  const afterId = readIdCursor(after)
  const rows = await context.noticePages.load({ accountId: id, first: pageSize, afterId })
  const shown = rows.map((row) => ({ ...row, language }))
  return toPage(shown, { size: pageSize, isFirst: afterId === null, cursorOf: (row) => row.id })
}
