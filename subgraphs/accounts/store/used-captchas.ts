import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Uses a captcha up, whatever becomes of its answer. False when it was used before: one of many at once gets true. */
export async function useCaptcha(db: Kysely<Tables>, id: string, expiresAt: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into used_captcha (id, expires_at) values (${id}, ${expiresAt}) on conflict do nothing
  `.execute(db)
  return numAffectedRows === 1n
}
