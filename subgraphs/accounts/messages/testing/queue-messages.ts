import type { TestDatabase } from '../../../../cli/testing/test-database.ts'
import { seal } from '../../../../platform/identity/seal.ts'
import { createSecrets } from '../../../../platform/identity/secrets.ts'
import { systemRandomness } from '../../../../platform/random.ts'

export const SENDER_SECRETS = createSecrets(['development-secret-of-a-test-development-secret'])

/** Something that a test queues. */
export interface QueuedText {
  readonly phone: string
  readonly text: string
  readonly expiresAt?: Date
}

/** Queues texts as the product does, all in one statement. Each message's id ends with its place, from 1. */
export async function queueTexts(database: TestDatabase, texts: readonly QueuedText[]): Promise<void> {
  const bodies = texts.map(({ text }) => seal(text, 'message', SENDER_SECRETS, systemRandomness))
  const expiries = texts.map(({ expiresAt }) => (expiresAt ?? new Date('2999-01-01T00:00:00Z')).toISOString())
  await database.sql(
    `insert into accounts.message (phone, id, purpose, body, created_at, expires_at)
     select phone, ('00000000-0000-7000-8000-' || lpad(place::text, 12, '0'))::uuid, 'NOTICE', body, now(), expires_at
     from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality as given (phone, body, expires_at, place)`,
    [texts.map(({ phone }) => phone), bodies, expiries],
  )
}
