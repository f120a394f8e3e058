import DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import type { Tables } from './store/tables.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null>
  readonly members: DataLoader<string, readonly MemberRow[]>
}

export interface ContextDependencies {
  readonly db: Kysely<Tables>
}

export function createContextServices({ db }: ContextDependencies): Omit<Context, keyof GuardedContext> {
  return {
    accounts: new DataLoader((ids: readonly string[]) => readAccounts(db, ids)),
    members: new DataLoader((ids: readonly string[]) => readMembers(db, ids)),
  }
}
