import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
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

/** A session's key. */
export interface SessionKey {
  readonly personId: string
  readonly sessionId: string
}

/** A session that has not been ended. */
export interface OpenSession {
  readonly account_id: string
  readonly method: SignInMethod
  readonly refresh_seed: Buffer
  readonly secret_id: string
  readonly created_at: Date
}

export async function findOpenSession(
  trx: Transaction<Tables>,
  { personId, sessionId }: SessionKey,
): Promise<OpenSession | null> {
  const session = await trx
    .selectFrom('session')
    .select(['account_id', 'method', 'refresh_seed', 'secret_id', 'created_at'])
    .where('person_id', '=', personId)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return session ?? null
}

export interface SessionRow {
  readonly person_id: string
  readonly id: string
  readonly device_name: string | null
  readonly method: SignInMethod
  /** Where it was opened, without the part that tells one subscriber of a network from another. */
  readonly network: string | null
  readonly created_at: Date
  readonly last_used_at: Date
}

/** As many as a person may have open at most, whatever the policy says. */
const SESSIONS_MAX = 100

const SESSIONS = prepareStatement<{ readonly personIds: readonly string[]; readonly idleSince: Date }, SessionRow>(
  'sessions',
  ({ personIds, idleSince }) => sql`
    select session.*
    from unnest(${personIds}::uuid[]) as asked (person_id)
    cross join lateral (
      select person_id, id, device_name, method, created_at, last_used_at,
        network(set_masklen(address, case family(address) when 4 then 24 else 48 end))::text as network
      from session
      where person_id = asked.person_id and ended_at is null and last_used_at > ${idleSince}::timestamptz
      order by last_used_at desc, id desc
      limit ${sql.lit(SESSIONS_MAX)}
    ) as session
  `,
)

/** The open sessions of each person, the one used last first. */
export async function readSessions(
  reader: Reader,
  personIds: readonly string[],
  idleSince: Date,
): Promise<(readonly SessionRow[])[]> {
  const byPerson = Map.groupBy(await reader.read(SESSIONS, { personIds, idleSince }), (row) => row.person_id)
  return personIds.map((id) => byPerson.get(id) ?? [])
}
