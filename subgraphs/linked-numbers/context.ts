import type DataLoader from 'dataloader'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createLineListLoader, createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import { type PersonalPage, readPersonalPage } from '../../platform/personal-data/personal-tables.ts'
import { type AdmitSubscriber, type AdmitSubscriberOutcome, admitSubscriber } from './actions/admit-subscriber.ts'
import type { AccessChanger, AccessDependencies } from './actions/change-access.ts'
import { type GrantLineAccess, type GrantLineAccessOutcome, grantLineAccess } from './actions/grant-line-access.ts'
import {
  disableNumberManagement,
  enableNumberManagement,
  enableNumberManagementByPhone,
  type NumberManagementOutcome,
} from './actions/number-management.ts'
import { recordLineSight } from './actions/record-line-sight.ts'
import { type RevokeLineAccess, type RevokeLineAccessOutcome, revokeLineAccess } from './actions/revoke-line-access.ts'
import { type UnlinkNumberOutcome, unlinkNumber } from './actions/unlink-number.ts'
import { type AccessRow, readAccessLists } from './store/access.ts'
import { type LinePageKey, type LineRow, readLineIdPages, readLineIdsByPhone, readLines } from './store/lines.ts'
import { type NumberManagementRow, readNumberManagement } from './store/number-management.ts'
import { type OwnedLinePage, type OwnedLineRow, readLinesInService, readOwnedLines } from './store/owned-lines.ts'
import { ACCOUNT_TABLES, LINE_TABLES } from './store/personal-tables.ts'
import { readNumberOfLine, readSubscribers, type SubscriberRow } from './store/subscribers.ts'

/** An account as another subgraph refers to it. */
export interface AccountReference {
  readonly id: string
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly lines: LineLoader<LineRow | null>
  readonly accessLists: LineLoader<readonly (AccessRow & { readonly id: string })[] | null>
  readonly lineIdsByPhone: DataLoader<string, string | null, string>
  readonly lineIdPages: DataLoader<LinePageKey, string[], string>
  readonly numberOfLine: (lineId: string) => Promise<string | null>
  readonly subscribers: DataLoader<string, SubscriberRow | null, string>
  readonly linesInService: DataLoader<string, OwnedLineRow | null, string>
  readonly admitSubscriber: (command: AdmitSubscriber, viewer: Viewer) => Promise<AdmitSubscriberOutcome>
  readonly numberManagement: LineLoader<NumberManagementRow | null>
  readonly enableNumberManagement: (
    command: { readonly lineId: string },
    by: AccessChanger,
  ) => Promise<NumberManagementOutcome>
  readonly disableNumberManagement: (
    command: { readonly lineId: string },
    by: AccessChanger,
  ) => Promise<NumberManagementOutcome>
  readonly enableNumberManagementByPhone: (
    command: { readonly phone: string },
    viewer: Viewer,
  ) => Promise<NumberManagementOutcome>
  readonly personalAccountData: (accountId: string, after: string | null) => Promise<PersonalPage>
  readonly personalNumberData: (lineId: string, after: string | null) => Promise<PersonalPage>
  readonly ownedLines: (accountId: string, page: OwnedLinePage) => Promise<OwnedLineRow[]>
  readonly grantLineAccess: (command: GrantLineAccess, by: AccessChanger) => Promise<GrantLineAccessOutcome>
  readonly revokeLineAccess: (command: RevokeLineAccess, by: AccessChanger) => Promise<RevokeLineAccessOutcome>
  readonly recordLineSight: (lineId: string, viewer: Viewer) => Promise<void>
  readonly unlinkNumber: (command: { readonly lineId: string }, by: AccessChanger) => Promise<UnlinkNumberOutcome>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends AccessDependencies {
  readonly reader: Reader
}

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { db, reader, clock } = dependencies
  return {
    lines: createLineLoader((keys) => readLines(reader, keys, clock.now())),
    accessLists: createLineListLoader((keys) => readAccessLists(reader, keys, clock.now())),
    lineIdsByPhone: createBatchLoader({
      read: (phones) => readLineIdsByPhone(reader, phones),
      keyText: (phone) => phone,
      owner: (phone) => phone,
    }),
    lineIdPages: createBatchLoader({
      read: (pages) => readLineIdPages(reader, pages, clock.now()),
      keyText: ({ accountId, first, afterLineId }) => `${accountId} ${first} ${afterLineId}`,
      owner: ({ accountId }) => accountId,
    }),
    numberManagement: createLineLoader((keys) => readNumberManagement(reader, keys, clock.now())),
    enableNumberManagement: (command, by) => enableNumberManagement(dependencies, command, by),
    disableNumberManagement: (command, by) => disableNumberManagement(dependencies, command, by),
    enableNumberManagementByPhone: (command, viewer) => enableNumberManagementByPhone(dependencies, command, viewer),
    personalAccountData: (accountId, after) => readPersonalPage(db, ACCOUNT_TABLES, accountId, after),
    personalNumberData: (lineId, after) => readPersonalPage(db, LINE_TABLES, lineId, after),
    ownedLines: (accountId, page) => readOwnedLines(reader, accountId, page),
    numberOfLine: (lineId) => readNumberOfLine(db, lineId),
    subscribers: createBatchLoader({
      read: (phones) => readSubscribers(reader, phones),
      keyText: (phone) => phone,
      owner: (phone) => phone,
    }),
    linesInService: createBatchLoader({
      read: (lineIds) => readLinesInService(reader, lineIds),
      keyText: (lineId) => lineId,
      owner: (lineId) => lineId,
    }),
    admitSubscriber: (command, viewer) => admitSubscriber(dependencies, command, viewer),
    grantLineAccess: (command, by) => grantLineAccess(dependencies, command, by),
    revokeLineAccess: (command, by) => revokeLineAccess(dependencies, command, by),
    recordLineSight: (lineId, viewer) => recordLineSight(dependencies, lineId, viewer),
    unlinkNumber: (command, by) => unlinkNumber(dependencies, command, by),
  }
}
