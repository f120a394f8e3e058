import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { Translated } from '../../platform/languages.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { attachIdentity } from './actions/identities/attach-identity.ts'
import { detachIdentity } from './actions/identities/detach-identity.ts'
import type { IdentityDependencies } from './actions/identities/identity-dependencies.ts'
import { signInWithSocial } from './actions/identities/sign-in-with-social.ts'
import { startSocialSignIn } from './actions/identities/start-social-sign-in.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { signInFromNetwork } from './actions/sign-in-from-network.ts'
import { signInAsStaff } from './actions/staff/sign-in-as-staff.ts'
import type { StaffDependencies } from './actions/staff/staff-dependencies.ts'
import { startStaffSignIn } from './actions/staff/start-staff-sign-in.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import { type IdentityRow, readIdentities } from './store/identities.ts'
import type { Tables } from './store/tables.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly identities: DataLoader<string, readonly IdentityRow[], string>
  readonly socialProviders: readonly NamedProvider[]
  readonly startSocialSignIn: Action<typeof startSocialSignIn>
  readonly signInWithSocial: Action<typeof signInWithSocial>
  readonly attachIdentity: Action<typeof attachIdentity>
  readonly detachIdentity: Action<typeof detachIdentity>
  readonly signInFromNetwork: Action<typeof signInFromNetwork>
  readonly startStaffSignIn: Action<typeof startStaffSignIn>
  readonly signInAsStaff: Action<typeof signInAsStaff>
}

/** An action whose dependencies it has already. */
type Action<Of extends (dependencies: never, ...rest: never[]) => unknown> = Of extends (
  dependencies: never,
  ...rest: infer Rest
) => infer Outcome
  ? (...rest: Rest) => Outcome
  : never

/** A provider as people see it. */
export interface NamedProvider {
  readonly id: string
  readonly name: Translated
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends SessionDependencies, IdentityDependencies, StaffDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly providerNames: readonly NamedProvider[]
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

const BY_ID = { keyText: (id: string) => id, owner: (id: string) => id }

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader, providerNames } = dependencies
  return {
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
    identities: createBatchLoader({ ...BY_ID, read: (ids) => readIdentities(reader, ids) }),
    socialProviders: providerNames,
    startSocialSignIn: (command, session) => startSocialSignIn(dependencies, command, session),
    signInWithSocial: (command, viewer) => signInWithSocial(dependencies, command, viewer),
    attachIdentity: (command, viewer) => attachIdentity(dependencies, command, viewer),
    detachIdentity: (command, viewer) => detachIdentity(dependencies, command, viewer),
    signInFromNetwork: (command, viewer: Viewer) => signInFromNetwork(dependencies, command, viewer),
    startStaffSignIn: (command) => startStaffSignIn(dependencies, command),
    signInAsStaff: (command, viewer) => signInAsStaff(dependencies, command, viewer),
  }
}
