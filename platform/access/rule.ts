import type { StaffRole } from '../identity/viewer.ts'
import type { SubgraphName } from '../subgraph/name.ts'
import { ALL_RIGHTS, LINE_RIGHTS } from './rights.ts'

/** One way of being allowed: the enum `AccessRule` of the schema. */
export type AccessRule =
  | 'ANYONE'
  | 'HOLDER'
  | 'SIGNED_IN'
  | 'ACCOUNT_OWNER'
  | keyof typeof ORGANIZATION_RULES
  | 'LINE_KEEPER'
  | keyof typeof LINE_RULES
  | keyof typeof STAFF_RULES
  | keyof typeof SERVICE_RULES

/** Roles of an organization, as rules. The person whose account it is counts as its owner. */
export const ORGANIZATION_RULES = {
  ORGANIZATION_OWNER: 'owner',
  ORGANIZATION_ADMINISTRATOR: 'administrator',
  ORGANIZATION_ACCOUNTANT: 'accountant',
} as const

/** Rights on a line, as rules: any bit of the mask is enough. */
export const LINE_RULES = {
  LINE_HOLDER: ALL_RIGHTS,
  LINE_VIEW: LINE_RIGHTS.VIEW,
  LINE_PAY: LINE_RIGHTS.PAY,
  LINE_MANAGE: LINE_RIGHTS.MANAGE,
  LINE_OWNER: LINE_RIGHTS.OWN,
} as const

/** Roles of staff, as rules. */
export const STAFF_RULES = {
  STAFF_LINK_CLERK: 'link-clerk',
  STAFF_SALON: 'salon',
  STAFF_CONSULTANT: 'consultant',
  STAFF_SUPERVISOR: 'supervisor',
} as const satisfies Record<string, StaffRole>

/** Our own subgraphs, as rules: for fields that are `@inaccessible` to clients. */
export const SERVICE_RULES = {
  SERVICE_ACCOUNTS: 'accounts',
  SERVICE_LINKED_NUMBERS: 'linked-numbers',
  SERVICE_PRODUCTS: 'products',
  SERVICE_PAYMENTS: 'payments',
} as const satisfies Record<string, SubgraphName>
