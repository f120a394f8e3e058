import { unreachable } from '../../../platform/invariant.ts'
import type { DataExportResolvers, DataExportStatus, MutationResolvers } from '../generated/resolvers.ts'
import type { DataExportState } from '../store/tables.ts'
import { refusal } from './refusal.ts'
import { simChanged } from './sim-changed.ts'

/** The mutations about copies of one's data. */
export const dataExports = {
  requestDataExport: async (_, { input }, { viewer, requestExport }) => {
    const outcome = await requestExport(input, viewer)
    switch (outcome.kind) {
      case 'requested':
        return { __typename: 'RequestDataExportSuccess', dataExport: outcome.dataExport }
      case 'invalidKey':
        return refusal('InvalidIdempotencyKeyError', viewer.language, ['idempotencyKey'])
      case 'notOwner':
        return refusal('OrganizationOwnerRequiredError', viewer.language, [])
      case 'inProgress':
        return refusal('DataExportInProgressError', viewer.language, [])
      default:
        return unreachable(outcome)
    }
  },

  downloadDataExport: async (_, { input }, { viewer, downloadExport }) => {
    const outcome = await downloadExport(input, viewer)
    switch (outcome.kind) {
      case 'linked': {
        const { token, expiresAt } = outcome
        return { __typename: 'DownloadDataExportSuccess', url: `/downloads/${token}`, expiresAt }
      }
      case 'exportNotFound':
        return refusal('DataExportNotFoundError', viewer.language, ['exportId'])
      case 'notReady':
        return refusal('DataExportNotReadyError', viewer.language, ['exportId'])
      case 'recentSignInRequired':
        return refusal('FreshSignInRequiredError', viewer.language, [])
      case 'simChanged':
        return simChanged(outcome.until, viewer.language)
      default:
        return unreachable(outcome)
    }
  },
} satisfies MutationResolvers

const STATUS: Record<DataExportState, DataExportStatus> = { PREPARING: 'PREPARING', READY: 'READY', ERASED: 'EXPIRED' }

export const dataExport: DataExportResolvers = {
  // It may be over before the job that erases it has come.
  status: ({ status, expires_at }, _, { clock }) =>
    expires_at !== null && expires_at <= clock.now() ? 'EXPIRED' : STATUS[status],
  requestedAt: ({ requested_at }) => requested_at,
  readyAt: ({ ready_at }) => ready_at,
  expiresAt: ({ expires_at }) => expires_at,
}
