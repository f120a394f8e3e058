import { type Kysely, sql } from 'kysely'
import type { AccountsPolicies } from './policies.ts'
import type { Tables } from './tables.ts'

/** A try at a password, that counts as wrong until it is given back. */
export interface PasswordTry {
  /** A telephone number as it is in E.164, or `person <id>` for one who is signed in. */
  readonly subject: string
  readonly at: Date
}

export type TakenTry = { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly retryAt: Date }

const DAY_MS = 86_400_000

/**
 * Takes a try before the password is looked at, so that however many are tried at once no more are looked at than may
 * be: only so many within any 24 hours, with pauses between them that grow.
 */
export async function takePasswordTry(
  db: Kysely<Tables>,
  { subject, at }: PasswordTry,
  policies: AccountsPolicies,
): Promise<TakenTry> {
  const since = new Date(at.getTime() - DAY_MS)
  const recent = sql`array(select tried from unnest(known.tried_at) as tried where tried > ${since})`
  const { rows } = await sql`
    insert into password_try as known (subject, tried_at, next_at, touched_at)
    values (${subject}, array[${at}::timestamptz], ${nextAt(at, sql`1`, policies)}, ${at})
    on conflict (subject) do update set
      tried_at = ${recent} || ${at}::timestamptz,
      next_at = ${nextAt(at, sql`1 + cardinality(${recent})`, policies)},
      touched_at = ${at}
    where known.next_at <= ${at} and cardinality(${recent}) < ${policies['password.wrongTriesPerDay']}
    returning subject
  `.execute(db)
  if (rows.length > 0) return { kind: 'taken' }
  return { kind: 'refused', retryAt: await findRetryAt(db, { subject, at }, policies) }
}

/** The right password was no guess, and one that was not looked at neither. */
export async function giveBackPasswordTry(db: Kysely<Tables>, { subject, at }: PasswordTry): Promise<void> {
  await sql`
    update password_try set next_at = ${at},
      tried_at = tried_at[:array_position(tried_at, ${at}) - 1] || tried_at[array_position(tried_at, ${at}) + 1:]
    where subject = ${subject} and array_position(tried_at, ${at}) is not null
  `.execute(db)
}

/** After the try that is `count` of the last day. */
function nextAt(at: Date, count: ReturnType<typeof sql>, policies: AccountsPolicies) {
  const without = policies['password.triesWithoutPause']
  const seconds = sql`least(
    ${policies['password.pauseSecondsMax']}::float8,
    ${policies['password.pauseSeconds']}::float8 * power(2, ${count} - ${without}::int)
  )`
  return sql`${at}::timestamptz + case when ${count} < ${without}::int then 0 else ${seconds} end * interval '1 second'`
}

async function findRetryAt(
  db: Kysely<Tables>,
  { subject, at }: PasswordTry,
  policies: AccountsPolicies,
): Promise<Date> {
  const found = await db
    .selectFrom('password_try')
    .select(['tried_at', 'next_at'])
    .where('subject', '=', subject)
    .executeTakeFirst()
  const since = at.getTime() - DAY_MS
  const recent = found?.tried_at.filter((tried) => tried.getTime() > since) ?? []
  // The try that has to fall out of the last 24 hours before there is one to be had.
  const oldest = recent.at(-policies['password.wrongTriesPerDay'])
  const times = [at.getTime(), found?.next_at.getTime() ?? 0, oldest ? oldest.getTime() + DAY_MS : 0]
  return new Date(Math.max(...times))
}
