import { ALL_RIGHTS } from '../../../../platform/access/rights.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { addPolicyVersion } from '../../../../platform/policy/policy-versions.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Neighbours } from './neighbours.ts'
import { openLines, type TortureWorld } from './torture.ts'

/** A line whose owner comes to the door of payments. */
export interface Customer {
  readonly lineId: string
  readonly phone: string
  readonly principal: AccountPrincipal
}

/** Opens lines with an amount of money each, as payments and their neighbours know lines. */
export async function openCustomers(
  world: TortureWorld,
  neighbours: Pick<Neighbours, 'number'>,
  amounts: readonly bigint[],
): Promise<Customer[]> {
  const customers = (await openLines(world, amounts)).map((lineId): Customer => {
    const accountId = world.newId()
    const principal = { kind: 'account', accountId, personId: accountId, sessionId: accountId } as const
    return { lineId, phone: neighbours.number(lineId), principal: { ...principal, organizationRole: null } }
  })
  await world.db
    .insertInto('line_access')
    .values(
      customers.map(({ lineId, principal: { accountId } }) => ({
        ...{ line_id: lineId, account_id: accountId, rights: ALL_RIGHTS, until: null, version: 1n },
      })),
    )
    .execute()
  return customers
}

/** Sets limits so wide that a few lines may do what many do. Only the tables' owner may. */
export async function setPolicies(adminUrl: string, values: Partial<PaymentsPolicies>): Promise<void> {
  const db = connectDatabase<unknown>({ url: adminUrl, poolSizeMax: 1, logger: silentLogger })
  const validFrom = new Date('2000-01-02')
  await db.transaction().execute(async (trx) => {
    for (const [name, value] of Object.entries(values)) {
      await addPolicyVersion(trx, 'payments', { name, value, validFrom })
    }
  })
  await db.destroy()
}
