import type { Language } from '../languages.ts'
import type { E164 } from '../phone.ts'
import type { SubgraphName } from '../subgraph/name.ts'

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
      /** The account of the person who acts: another than `accountId` only when it is an organization's. */
      readonly personId: string
      /** Null when the account is the person's own. */
      readonly organizationRole: OrganizationRole | null
    }
  | {
      readonly kind: 'staff'
      readonly staffId: string
      readonly sessionId: string
      readonly roles: readonly StaffRole[]
    }
  /** One of our own subgraphs, that asks another for itself and not for a viewer. */
  | { readonly kind: 'service'; readonly name: SubgraphName }

/** A customer who is signed in. */
export type AccountPrincipal = Extract<Principal, { kind: 'account' }>

/** Who may hold an access token. */
export type SignedInPrincipal = Extract<Principal, { kind: 'account' | 'staff' }>

/** Where a request came from, as the gateway saw it. Never logged: it is about a person. */
export interface Client {
  /** The address of the network, without a port; null for a caller inside. */
  readonly address: string | null
  /** A mark of the program or device, the same on each of its requests; says nothing by itself. */
  readonly device: string | null
  /** Why a member of staff looks or acts, in their words; null when they did not say. */
  readonly reason: string | null
  /** What the operator's own network said of this very request; null when it did not come from there. */
  readonly network: NetworkAssertion | null
}

/** The word of the trusted network element, for one sign-in. */
export interface NetworkAssertion {
  /** Whose telephone the request came from. */
  readonly phone: E164
  /** Names this word among all: it counts once. */
  readonly jti: string
}

export const UNKNOWN_CLIENT: Client = { address: null, device: null, reason: null, network: null }

/** A subgraph itself, where nobody's request is behind what it does. `requestId` is what that is found under. */
export function serviceViewer(name: SubgraphName, requestId: string): Viewer {
  return { principal: { kind: 'service', name }, language: 'ru', requestId, client: UNKNOWN_CLIENT }
}

/** The asker of one request: who, in which language, and the id under which every log line of it is found. */
export interface Viewer {
  readonly principal: Principal
  readonly language: Language
  readonly requestId: string
  readonly client: Client
}

export const ANONYMOUS: Principal = { kind: 'anonymous' }
