import type { Principal } from '../identity/viewer.ts'
import type { AccessPolicy } from './policy.ts'
import { ALL_RIGHTS, rightsOfRole } from './rights.ts'
import { type AccessRule, LINE_RULES, ORGANIZATION_RULES, SERVICE_RULES, STAFF_RULES } from './rule.ts'

/**
 * What a viewer was found to be allowed, handed to the code that reads the rows. For a right on a line it is half of
 * the check: the other half is in the SQL, which joins `line_access` on this account and these rights.
 */
export interface Grant {
  /** The account whose rights count; null for staff, whose role is enough, and for our own subgraphs. */
  readonly accountId: string | null
  /** Any of these bits on the line is enough; 0 when no right on a line would do. */
  readonly rights: number
}

const OPERATOR_GRANT: Grant = { accountId: null, rights: ALL_RIGHTS }
const PUBLIC_GRANT: Grant = { accountId: null, rights: 0 }

/** Decides for one field. `parentId` is the id of the entity that the field is of; at the root the viewer's account. */
export function decide(policy: AccessPolicy, principal: Principal, parentId: string | null): Grant | null {
  if (policy.to.includes('ANYONE') || policy.to.includes('HOLDER')) return PUBLIC_GRANT
  switch (principal.kind) {
    case 'anonymous':
      return null
    case 'staff':
      return policy.to.some((rule) => isStaffRule(rule) && principal.roles.includes(STAFF_RULES[rule]))
        ? OPERATOR_GRANT
        : null
    case 'service':
      return policy.to.some((rule) => isServiceRule(rule) && SERVICE_RULES[rule] === principal.name)
        ? OPERATOR_GRANT
        : null
    case 'account':
      return decideForAccount(policy.to, principal, parentId)
  }
}

function decideForAccount(
  rules: readonly AccessRule[],
  account: Principal & { kind: 'account' },
  parentId: string | null,
): Grant | null {
  const roleRights = rightsOfRole(account.organizationRole)
  const grant = { accountId: account.accountId, rights: 0 }
  for (const rule of rules) {
    if (isLineRule(rule)) grant.rights |= LINE_RULES[rule] & roleRights
    else if (rule === 'LINE_KEEPER') grant.rights |= decidesForAccount(account) ? ALL_RIGHTS : 0
    else if (rule === 'SIGNED_IN') return { ...grant, rights: roleRights }
    else if (parentId === account.accountId && holdsRole(rule, account)) return { ...grant, rights: roleRights }
  }
  return grant.rights === 0 ? null : grant
}

function holdsRole(rule: AccessRule, { organizationRole }: Principal & { kind: 'account' }): boolean {
  if (rule === 'ACCOUNT_OWNER') return true
  return isOrganizationRule(rule) && ORGANIZATION_RULES[rule] === (organizationRole ?? 'owner')
}

/** A linked number is the account's: who only sees or pays for an organization does not give it up. */
function decidesForAccount({ organizationRole }: Principal & { kind: 'account' }): boolean {
  return organizationRole === null || organizationRole === 'owner' || organizationRole === 'administrator'
}

function isStaffRule(rule: AccessRule): rule is keyof typeof STAFF_RULES {
  return rule in STAFF_RULES
}

function isServiceRule(rule: AccessRule): rule is keyof typeof SERVICE_RULES {
  return rule in SERVICE_RULES
}

function isLineRule(rule: AccessRule): rule is keyof typeof LINE_RULES {
  return rule in LINE_RULES
}

function isOrganizationRule(rule: AccessRule): rule is keyof typeof ORGANIZATION_RULES {
  return rule in ORGANIZATION_RULES
}
