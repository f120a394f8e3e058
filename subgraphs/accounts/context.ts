import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Clock } from '../../platform/clock.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { type CloseAccountOutcome, closeAccount } from './actions/closing/close-account.ts'
import type { CredentialHoldDependencies } from './actions/credential-hold.ts'
import { type DownloadExportOutcome, downloadExport } from './actions/exports/download-export.ts'
import { findOwnExport, type RequestExportOutcome, requestExport } from './actions/exports/request-export.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import type { DataExportRow } from './store/data-exports.ts'
import type { Tables } from './store/tables.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly clock: Clock
  readonly findExport: (exportId: string, viewer: Viewer) => Promise<DataExportRow | null>
  readonly requestExport: (
    command: { readonly idempotencyKey: string },
    viewer: Viewer,
  ) => Promise<RequestExportOutcome>
  readonly downloadExport: (command: { readonly exportId: string }, viewer: Viewer) => Promise<DownloadExportOutcome>
  readonly closeAccount: (command: { readonly accountId: string }, viewer: Viewer) => Promise<CloseAccountOutcome>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends SessionDependencies, CredentialHoldDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
  readonly jobs: Jobs
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

const BY_ID = { keyText: (id: string) => id, owner: (id: string) => id }

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader } = dependencies
  return {
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
    clock: dependencies.clock,
    findExport: (exportId, viewer) => findOwnExport(dependencies, exportId, viewer),
    requestExport: (command, viewer) => requestExport(dependencies, command, viewer),
    downloadExport: (command, viewer) => downloadExport(dependencies, command, viewer),
    closeAccount: (command, viewer) => closeAccount(dependencies, command, viewer),
  }
}
