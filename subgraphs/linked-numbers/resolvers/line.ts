import { rightsOfRole, toRights } from '../../../platform/access/rights.ts'
import { parseId } from '../../../platform/ids.ts'
import type { LineResolvers } from '../generated/resolvers.ts'

export const line: LineResolvers = {
  __resolveReference: ({ id }, { grant, lines }) => {
    const lineId = parseId(id)
    return lineId === null ? null : lines.load({ lineId, ...grant })
  },

  activatedOn: ({ activated_on }) => activated_on,

  rights: ({ rights }, _, { viewer: { principal } }) =>
    principal.kind === 'account' ? toRights(rights & rightsOfRole(principal.organizationRole)) : [],

  isNumberManagementEnabled: async ({ id }, _, { grant, numberManagement }) =>
    (await numberManagement.load({ lineId: id, ...grant }))?.is_enabled ?? null,

  accessList: async ({ id }, _, { grant, accessLists }) => {
    const list = await accessLists.load({ lineId: id, ...grant })
    return (
      list?.map((access) => ({ accountId: access.id, rights: toRights(access.rights), until: access.until })) ?? null
    )
  },
}
