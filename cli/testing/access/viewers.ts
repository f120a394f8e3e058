import { signAccessToken } from '../../../platform/identity/access-token.ts'
import { generatePrivateKey, signingKey } from '../../../platform/identity/keys.ts'
import { ANONYMOUS, type OrganizationRole, type Principal, type StaffRole } from '../../../platform/identity/viewer.ts'
import { accountId } from '../fixture.ts'
import type { TestCabinet } from '../test-cabinet.ts'

/** What a cell of the table is about: an account and a line of it. */
export interface Subject {
  readonly accountId: string
  readonly lineId: string
  readonly phone: string
}

/** One column of the table: who asks, and what they should be able to use of the subject's line. */
export interface ViewerKind {
  readonly name: string
  /** False for a token that the gateway must refuse as a whole. */
  readonly isBelieved: boolean
  /** The account that acts; null for staff and for those who are not signed in. */
  readonly accountId: string | null
  readonly role: OrganizationRole | null
  readonly staffRole: StaffRole | null
  /** The rights on the subject's line that count, after role, revocation and expiry. */
  readonly rights: readonly ('VIEW' | 'PAY' | 'MANAGE' | 'OWN')[]
  /** The access row that the fixture makes for the account; null when it makes none. */
  readonly given: { readonly bits: number; readonly isOver: boolean } | null
  readonly token: (cabinet: TestCabinet) => Promise<string | undefined>
}

export const OWNER_ID = accountId(1)
export const ORGANIZATION_ID = accountId(2)
export const STRANGER_ID = accountId(3)

const ALL = ['VIEW', 'PAY', 'MANAGE', 'OWN'] as const

export const VIEWER_KINDS: readonly ViewerKind[] = [
  nobody('anonymous', { isBelieved: true, token: async () => undefined }),
  nobody('expired token', {
    isBelieved: false,
    token: ({ signPrincipal }) => signPrincipal(person(OWNER_ID), -1),
  }),
  nobody('forged token', {
    isBelieved: false,
    token: async ({ keys, clock }) => {
      const another = await generatePrivateKey(keys.keys[0]?.kid ?? '')
      return signAccessToken(person(OWNER_ID), await signingKey({ keys: [another] }), clock)
    },
  }),
  account('owner', OWNER_ID, { rights: ALL }),
  account('linked, VIEW', accountId(11), { rights: ['VIEW'], given: { bits: 1, isOver: false } }),
  account('linked, PAY', accountId(12), { rights: ['PAY'], given: { bits: 2, isOver: false } }),
  account('linked, MANAGE', accountId(13), { rights: ['MANAGE'], given: { bits: 4, isOver: false } }),
  account('linked, term over', accountId(14), { given: { bits: 7, isOver: true } }),
  account('linked, revoked', accountId(15), { given: { bits: 0, isOver: false } }),
  account('stranger', STRANGER_ID, {}),
  account('organization: owner', ORGANIZATION_ID, { role: 'owner', rights: ALL }),
  account('organization: administrator', ORGANIZATION_ID, { role: 'administrator', rights: ALL }),
  account('organization: accountant', ORGANIZATION_ID, { role: 'accountant', rights: ['VIEW', 'PAY'] }),
  account('organization: user', ORGANIZATION_ID, { role: 'user', rights: ['VIEW'] }),
  staff('link-clerk'),
  staff('salon'),
  staff('consultant'),
  staff('supervisor'),
  staff(null),
]

function nobody(name: string, rest: Pick<ViewerKind, 'isBelieved' | 'token'>): ViewerKind {
  return { name, accountId: null, role: null, staffRole: null, rights: [], given: null, ...rest }
}

function account(
  name: string,
  id: string,
  { role = null, rights = [], given = null }: Partial<Pick<ViewerKind, 'role' | 'rights' | 'given'>>,
): ViewerKind {
  const token = (cabinet: TestCabinet) => cabinet.accountToken(id, role)
  return { name, isBelieved: true, accountId: id, role, staffRole: null, rights, given, token }
}

function staff(role: StaffRole | null): ViewerKind {
  return {
    name: `staff: ${role ?? 'no role'}`,
    isBelieved: true,
    accountId: null,
    role: null,
    staffRole: role,
    rights: [],
    given: null,
    token: (cabinet) => cabinet.staffToken(...(role === null ? [] : [role])),
  }
}

function person(id: string) {
  return { kind: 'account', accountId: id, personId: id, sessionId: 'a session', organizationRole: null } as const
}

/** Who the gateway says is asking, once it has believed the token. */
export function principalOf({ accountId: id, role, staffRole, name }: ViewerKind): Principal {
  if (id !== null) return { ...person(id), organizationRole: role }
  if (!name.startsWith('staff')) return ANONYMOUS
  return { kind: 'staff', staffId: 'tester', sessionId: 'a session', roles: staffRole === null ? [] : [staffRole] }
}
