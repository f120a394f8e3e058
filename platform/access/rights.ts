import type { OrganizationRole } from '../identity/viewer.ts'

/** Rights on a line, as bits of one number: what `line_access.rights` holds. */
export const LINE_RIGHTS = { VIEW: 1, PAY: 2, MANAGE: 4, OWN: 8 } as const
export type LineRight = keyof typeof LINE_RIGHTS

export const ALL_RIGHTS = 15

/** The most that a role lets its holder use of the organization's rights. */
const ROLE_RIGHTS: Record<OrganizationRole, number> = {
  owner: ALL_RIGHTS,
  administrator: ALL_RIGHTS,
  accountant: LINE_RIGHTS.VIEW | LINE_RIGHTS.PAY,
  user: LINE_RIGHTS.VIEW,
}

export function rightsOfRole(role: OrganizationRole | null): number {
  return role === null ? ALL_RIGHTS : ROLE_RIGHTS[role]
}

export function toRights(bits: number): LineRight[] {
  return (Object.keys(LINE_RIGHTS) as LineRight[]).filter((right) => (bits & LINE_RIGHTS[right]) !== 0)
}

export function toBits(rights: readonly LineRight[]): number {
  return rights.reduce((bits, right) => bits | LINE_RIGHTS[right], 0)
}
