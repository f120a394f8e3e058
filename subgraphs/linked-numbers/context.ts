import type DataLoader from 'dataloader'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Grant } from '../../platform/access/grant.ts'
import { createLineListLoader, createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import { type AdmitSubscriber, type AdmitSubscriberOutcome, admitSubscriber } from './actions/admit-subscriber.ts'
import type { AccessDependencies } from './actions/change-access.ts'
import { type GrantLineAccess, type GrantLineAccessOutcome, grantLineAccess } from './actions/grant-line-access.ts'
import { type RevokeLineAccess, type RevokeLineAccessOutcome, revokeLineAccess } from './actions/revoke-line-access.ts'
import { type UnlinkNumberOutcome, unlinkNumber } from './actions/unlink-number.ts'
import { type AccessRow, readAccessLists } from './store/access.ts'
import { type LinePageKey, type LineRow, readLineIdPages, readLineIdsByPhone, readLines } from './store/lines.ts'
import { readSubscribers, type SubscriberRow } from './store/subscribers.ts'

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
  readonly subscribers: DataLoader<string, SubscriberRow | null, string>
  readonly admitSubscriber: (command: AdmitSubscriber, viewer: Viewer) => Promise<AdmitSubscriberOutcome>
  readonly grantLineAccess: (command: GrantLineAccess, grant: Grant) => Promise<GrantLineAccessOutcome>
  readonly revokeLineAccess: (command: RevokeLineAccess, grant: Grant) => Promise<RevokeLineAccessOutcome>
  readonly unlinkNumber: (command: { readonly lineId: string }, grant: Grant) => Promise<UnlinkNumberOutcome>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends AccessDependencies {
  readonly reader: Reader
}

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader, clock } = dependencies
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
    subscribers: createBatchLoader({
      read: (phones) => readSubscribers(reader, phones),
      keyText: (phone) => phone,
      owner: (phone) => phone,
    }),
    admitSubscriber: (command, viewer) => admitSubscriber(dependencies, command, viewer),
    grantLineAccess: (command, grant) => grantLineAccess(dependencies, command, grant),
    revokeLineAccess: (command, grant) => revokeLineAccess(dependencies, command, grant),
    unlinkNumber: (command, grant) => unlinkNumber(dependencies, command, grant),
  }
}
