import type { StaffProviderOptions } from '../../../../platform/identity/identity-provider.ts'
import type { StaffRole } from '../../../../platform/identity/viewer.ts'
import { createProvider, type Provider, type ProviderServices } from '../providers/provider.ts'
import type { ProviderDependencies } from '../providers/start-provider-sign-in.ts'

/** The operator's own provider, and what its roles mean here. */
export interface StaffProvider {
  readonly provider: Provider
  /** Where the ID token tells the roles. */
  readonly rolesClaim: string
  /** By the provider's name of a role. Others mean nothing here. */
  readonly roles: Readonly<Record<string, StaffRole>>
}

export interface StaffDependencies extends ProviderDependencies {
  /** Null where staff sign in elsewhere. */
  readonly staffProvider: StaffProvider | null
}

/** No social provider can have this id: an id begins with a letter. */
const STAFF_PROVIDER_ID = '0-staff'

export function createStaffProvider(options: StaffProviderOptions, services: ProviderServices): StaffProvider {
  const { rolesClaim, roles } = options
  const subject = { in: 'id-token', claim: 'sub', scheme: 'Bearer' } as const
  const provider = createProvider({ ...options, id: STAFF_PROVIDER_ID, subject, returnedParameters: [] }, services)
  return { provider, rolesClaim, roles }
}
