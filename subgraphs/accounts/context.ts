import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { createEasel } from './actions/captcha/picture.ts'
import {
  type RequestCaptchaOutcome,
  type RequestProofOfWorkOutcome,
  requestCaptcha,
  requestProofOfWork,
} from './actions/captcha/request-captcha.ts'
import { type Delivery, findDeliveries } from './actions/one-time-passwords/delivery.ts'
import { requestOneTimePassword } from './actions/one-time-passwords/request-one-time-password.ts'
import { resendOneTimePassword } from './actions/one-time-passwords/resend-one-time-password.ts'
import { signInWithOneTimePassword } from './actions/one-time-passwords/sign-in-with-one-time-password.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import type { Tables } from './store/tables.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly deliveries: DataLoader<string, Delivery | null, string>
  readonly requestCaptcha: (viewer: Viewer) => Promise<RequestCaptchaOutcome>
  readonly requestProofOfWork: (viewer: Viewer) => Promise<RequestProofOfWorkOutcome>
  readonly requestOneTimePassword: Action<typeof requestOneTimePassword>
  readonly resendOneTimePassword: Action<typeof resendOneTimePassword>
  readonly signInWithOneTimePassword: Action<typeof signInWithOneTimePassword>
}

/** An action without its dependencies. */
type Action<Of extends (dependencies: never, command: never, viewer: never) => unknown> = (
  command: Parameters<Of>[1],
  viewer: Viewer,
) => ReturnType<Of>

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
  const easel = createEasel()
  return {
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
    deliveries: createBatchLoader({ ...BY_ID, read: (ids) => findDeliveries(dependencies, ids) }),
    requestCaptcha: (viewer) => requestCaptcha({ ...dependencies, easel }, viewer),
    requestProofOfWork: (viewer) => requestProofOfWork({ ...dependencies, easel }, viewer),
    requestOneTimePassword: (command, viewer) => requestOneTimePassword(dependencies, command, viewer),
    resendOneTimePassword: (command, viewer) => resendOneTimePassword(dependencies, command, viewer),
    signInWithOneTimePassword: (command, viewer) => signInWithOneTimePassword(dependencies, command, viewer),
  }
}
