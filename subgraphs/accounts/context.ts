import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { type Consultant, createConsultant } from './actions/consultant/consultant.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import type { Tables } from './store/tables.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly consultant: Consultant
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends SessionDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

const BY_ID = { keyText: (id: string) => id, owner: (id: string) => id }

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader } = dependencies
  return {
    consultant: createConsultant(dependencies),
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
  }
}
