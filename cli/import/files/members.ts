import { type BulkMember, MEMBER_ROLES } from '../../../subgraphs/accounts/bulk.ts'
import { oneOf, text } from '../csv/cells.ts'
import { type Columns, required } from '../csv/columns.ts'
import { type FileImport, ready, refused } from '../file-import.ts'
import type { Loaders } from '../loaders.ts'

export interface MemberRow {
  readonly organizationRef: string
  readonly memberRef: string
  readonly role: (typeof MEMBER_ROLES)[number]
}

const columns: Columns<MemberRow> = {
  organizationRef: required('organization_ref', text(100)),
  memberRef: required('member_ref', text(100)),
  role: required('role', oneOf(MEMBER_ROLES)),
}

/** `members.csv`: the people who act for organizations. */
export function membersFile({ accounts }: Loaders): FileImport<MemberRow, BulkMember> {
  return {
    file: 'members.csv',
    columns,
    key: { column: 'member_ref', of: (row) => `${row.organizationRef}\n${row.memberRef}` },
    async resolve(rows) {
      const refs = rows.flatMap((row) => [row.organizationRef, row.memberRef])
      const ids = await accounts.findAccountIds([...new Set(refs)])
      const kinds = await accounts.findAccountKinds([...ids.values()])
      return rows.map(({ organizationRef, memberRef, role }) => {
        const organizationId = ids.get(organizationRef) ?? ''
        const memberId = ids.get(memberRef) ?? ''
        if (kinds.get(organizationId) !== 'ORGANIZATION') {
          const message = 'is no known customer that is an organization'
          return refused('organization_ref', 'unknown-customer', message, organizationRef)
        }
        if (kinds.get(memberId) !== 'INDIVIDUAL') {
          const message = 'is no known customer that is a person'
          return refused('member_ref', 'unknown-customer', message, memberRef)
        }
        return ready({ organizationId, memberId, role })
      })
    },
    async load(rows) {
      return { presentCount: rows.length - (await accounts.loadMembers(rows)) }
    },
  }
}
