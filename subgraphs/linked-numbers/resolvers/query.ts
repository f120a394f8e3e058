import { parseId } from '../../../platform/ids.ts'
import { readPageSize } from '../../../platform/pagination.ts'
import { parsePhone } from '../../../platform/phone.ts'
import type { Context } from '../context.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'

export const query: QueryResolvers = {
  viewer: (_, _arguments, { grant }) => (grant.accountId === null ? null : { id: grant.accountId }),

  line: (_, { id }, context) => seeLine(context, parseId(id)),

  lineByPhone: async (_, { phone }, context) => {
    const number = parsePhone(phone)
    return seeLine(context, number === null ? null : await context.lineIdsByPhone.load(number))
  },

  ownedLines: (_, { accountId, first, after }, { ownedLines }) =>
    ownedLines(accountId, { first: readPageSize(first), after: after ?? null }),

  lineInService: async (_, { lineId }, { linesInService }) => {
    const id = parseId(lineId)
    return id === null ? null : linesInService.load(id)
  },

  linesInService: async (_, { lineIds }, { linesInService }) => {
    const ids = lineIds.map(parseId).filter((id) => id !== null)
    const lines = await Promise.all(ids.map((id) => linesInService.load(id)))
    return lines.filter((line) => line !== null)
  },

  numberOfLine: (_, { lineId }, { numberOfLine }) => {
    const id = parseId(lineId)
    return id === null ? null : numberOfLine(id)
  },

  subscriberByPhone: async (_, { phone }, { subscribers }) => {
    const subscriber = await subscribers.load(phone)
    return (
      subscriber && {
        lineId: subscriber.line_id,
        ownerAccountId: subscriber.owner_account_id,
        isBlocked: subscriber.status === 'BLOCKED',
      }
    )
  },

  personalAccountData: (_, { accountId, after }, { personalAccountData }) =>
    personalAccountData(accountId, after ?? null),
  personalNumberData: (_, { lineId, after }, { personalNumberData }) => personalNumberData(lineId, after ?? null),
}

/** The line, once it is written down that a member of staff sees it. */
async function seeLine({ grant, lines, recordLineSight, viewer }: Context, lineId: string | null) {
  const line = lineId === null ? null : await lines.load({ lineId, ...grant })
  if (line && viewer.principal.kind === 'staff') await recordLineSight(line.id, viewer)
  return line
}
