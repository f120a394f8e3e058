import { sql, type Transaction } from 'kysely'
import type { OrganizationRole } from '../../../platform/identity/viewer.ts'
import type { SessionKey } from './sessions.ts'
import type { Tables } from './tables.ts'

/** One refresh token traded for the next. */
export interface Rotation extends SessionKey {
  /** The token's place in the row of its session. */
  readonly generation: number
  readonly device: string | null
  readonly now: Date
  /** A session that was not used since then is over. */
  readonly usedSince: Date
}

/** Trades the newest token for the next: of any number who present it one does. False when it is not the newest. */
export async function rotate(trx: Transaction<Tables>, rotation: Rotation): Promise<boolean> {
  const { personId, sessionId, generation, device, now, usedSince } = rotation
  const { rows } = await sql`
    update session set generation = generation + 1, last_used_at = ${now}
    where person_id = ${personId} and id = ${sessionId} and generation = ${generation}
      and ended_at is null and last_used_at > ${usedSince}
    returning id
  `.execute(trx)
  if (rows.length === 0) return false
  await trx
    .insertInto('session_rotation')
    .values({ person_id: personId, session_id: sessionId, generation, device, rotated_at: now })
    .execute()
  return true
}

/** When a token was traded first, and by which device; null when that is too long ago to be remembered, or never was. */
export async function findRotation(
  trx: Transaction<Tables>,
  { personId, sessionId, generation }: SessionKey & { readonly generation: number },
): Promise<{ readonly device: string | null; readonly rotated_at: Date } | null> {
  const rotation = await trx
    .selectFrom('session_rotation')
    .select(['device', 'rotated_at'])
    .where('person_id', '=', personId)
    .where('session_id', '=', sessionId)
    .where('generation', '=', generation)
    .executeTakeFirst()
  return rotation ?? null
}

export async function forgetRotations(
  trx: Transaction<Tables>,
  { personId, sessionId }: SessionKey,
  before: Date,
): Promise<void> {
  await trx
    .deleteFrom('session_rotation')
    .where('person_id', '=', personId)
    .where('session_id', '=', sessionId)
    .where('rotated_at', '<', before)
    .execute()
}

/** Where an open session stands; null when it was ended or not used for too long. Its row stays locked. */
export async function lockGeneration(
  trx: Transaction<Tables>,
  { personId, sessionId }: SessionKey,
  usedSince: Date,
): Promise<number | null> {
  const session = await trx
    .selectFrom('session')
    .select('generation')
    .where('person_id', '=', personId)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('last_used_at', '>', usedSince)
    .forUpdate()
    .executeTakeFirst()
  return session?.generation ?? null
}

/** What an open session takes over at a refresh beside its generation. */
export async function updateOpenSession(
  trx: Transaction<Tables>,
  { personId, sessionId }: SessionKey,
  { accessUntil, organizationRole }: { readonly accessUntil: Date; readonly organizationRole: OrganizationRole | null },
): Promise<void> {
  await trx
    .updateTable('session')
    .set({
      access_until: sql<Date>`greatest(access_until, ${accessUntil})`,
      organization_role: organizationRole,
    })
    .where('person_id', '=', personId)
    .where('id', '=', sessionId)
    .execute()
}
