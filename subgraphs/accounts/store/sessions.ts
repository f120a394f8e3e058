import type { Transaction } from 'kysely'
import type { Client, OrganizationRole } from '../../../platform/identity/viewer.ts'
import type { SignInMethod, Tables } from './tables.ts'

export interface NewSession {
  readonly personId: string
  readonly id: string
  readonly accountId: string
  readonly organizationRole: OrganizationRole | null
  readonly method: SignInMethod
  readonly deviceName: string | null
  readonly client: Client
  readonly refreshSeed: Buffer
  readonly secretId: string
  readonly now: Date
  /** When the last of its access tokens ends. */
  readonly accessUntil: Date
}

export async function insertSession(trx: Transaction<Tables>, session: NewSession): Promise<void> {
  await trx
    .insertInto('session')
    .values({
      person_id: session.personId,
      id: session.id,
      account_id: session.accountId,
      organization_role: session.organizationRole,
      method: session.method,
      device: session.client.device,
      device_name: session.deviceName,
      address: session.client.address,
      refresh_seed: session.refreshSeed,
      secret_id: session.secretId,
      created_at: session.now,
      last_used_at: session.now,
      access_until: session.accessUntil,
    })
    .execute()
}
