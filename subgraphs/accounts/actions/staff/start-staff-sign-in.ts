import type { Client } from '../../../../platform/identity/viewer.ts'
import { type StartProviderSignInOutcome, startProviderSignIn } from '../providers/start-provider-sign-in.ts'
import type { StaffDependencies } from './staff-dependencies.ts'

export type StartStaffSignInOutcome = StartProviderSignInOutcome | { readonly kind: 'providerNotFound' }

/** Begins the sign-in of a member of staff at the operator's own provider. */
export async function startStaffSignIn(
  dependencies: StaffDependencies,
  { redirectUri }: { readonly redirectUri: string | null },
  client: Client,
): Promise<StartStaffSignInOutcome> {
  const { staffProvider } = dependencies
  if (!staffProvider) return { kind: 'providerNotFound' }
  const { provider } = staffProvider
  return startProviderSignIn(dependencies, { provider, purpose: 'STAFF', redirectUri, session: null, client })
}
