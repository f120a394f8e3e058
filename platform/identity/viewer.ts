import type { Language } from '../languages.ts'

/** What a person may do for the organization in whose account they act. */
export const ORGANIZATION_ROLES = ['owner', 'administrator', 'accountant', 'user'] as const
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number]

/** What a member of staff may do. */
export const STAFF_ROLES = ['link-clerk', 'salon', 'consultant', 'supervisor'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

/** Who is asking, as the gateway found out and every subgraph believes. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'account'
      readonly accountId: string
      readonly sessionId: string
      /** Null when the account is the person's own. */
      readonly organizationRole: OrganizationRole | null
    }
  | {
      readonly kind: 'staff'
      readonly staffId: string
      readonly sessionId: string
      readonly roles: readonly StaffRole[]
    }

/** The asker of one request: who, in which language, and the id under which every log line of it is found. */
export interface Viewer {
  readonly principal: Principal
  readonly language: Language
  readonly requestId: string
}

export const ANONYMOUS: Principal = { kind: 'anonymous' }
