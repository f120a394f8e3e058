import type DataLoader from 'dataloader'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies {
  readonly reader: Reader
}

const BY_ID = { keyText: (id: string) => id, owner: (id: string) => id }

export function createContextServices({ reader }: ContextDependencies): ContextServices {
  return {
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
  }
}
