import { insertAccount } from './fixture.ts'
import type { TestCabinet } from './test-cabinet.ts'

/** Who spends an organization's money within a limit of the month. */
export interface Accountant {
  readonly id: string
  /** Signed in as one of the organization, in that role or another. */
  token(role?: 'accountant' | 'administrator' | 'user'): Promise<string>
  /** Becomes one who only looks, whatever the tokens say that were given. */
  demote(): Promise<void>
  limit(monthlyKopecks: number): Promise<void>
}

export interface NewAccountant {
  readonly organization: string
  /** Of the person's account. */
  readonly number: number
  readonly monthlyLimitKopecks: number
}

export async function insertAccountant(
  cabinet: TestCabinet,
  { organization, number, monthlyLimitKopecks }: NewAccountant,
): Promise<Accountant> {
  const { sql } = cabinet.database
  const id = await insertAccount(cabinet.database, { number })
  await sql(
    `insert into accounts.organization_member (organization_id, member_id, role, monthly_limit_kopecks)
     values ($1, $1, 'OWNER', null), ($1, $2, 'ACCOUNTANT', $3)`,
    [organization, id, monthlyLimitKopecks],
  )
  return {
    id,
    token: (organizationRole = 'accountant') =>
      cabinet.signPrincipal({
        kind: 'account',
        accountId: organization,
        personId: id,
        sessionId: organization,
        organizationRole,
      }),
    demote: async () => {
      await sql(
        `update accounts.organization_member set role = 'USER', monthly_limit_kopecks = null where member_id = $1`,
        [id],
      )
    },
    limit: async (kopecks) => {
      await sql('update accounts.organization_member set monthly_limit_kopecks = $2 where member_id = $1', [
        id,
        kopecks,
      ])
    },
  }
}
