import { sql, type Transaction } from 'kysely'
import { invariant } from '../../../platform/invariant.ts'
import type { PaymentsPolicies } from './policies.ts'
import type { Tables } from './tables.ts'

/** Which version of a policy counts at a moment: what is posted by it names it. */
export async function findPolicyVersion(
  trx: Transaction<Tables>,
  name: keyof PaymentsPolicies,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select max(version) as version from policy where name = ${name} and valid_from <= ${now}
  `.execute(trx)
  const version = rows[0]?.version
  invariant(version, `the policy ${name} has a version that counts`)
  return version
}
