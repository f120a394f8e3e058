import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'

/** A question of an account, to be counted. */
export interface CountedQuestion {
  readonly accountId: string
  readonly perHour: number
  readonly at: Date
}

const HOUR_MS = 3_600_000

/** Counts a question. Returns null, or, when the hour has no more, when the next hour begins. */
export async function countQuestion(
  trx: Transaction<Tables>,
  { accountId, perHour, at }: CountedQuestion,
): Promise<Date | null> {
  const anHourAgo = new Date(at.getTime() - HOUR_MS)
  const { rows } = await sql<{ questions: number }>`
    insert into question_count as known (account_id, hour_began_at, questions) values (${accountId}, ${at}, 1)
    on conflict (account_id) do update set
      hour_began_at = case when known.hour_began_at <= ${anHourAgo} then ${at} else known.hour_began_at end,
      questions = case when known.hour_began_at <= ${anHourAgo} then 1 else known.questions + 1 end
      where known.questions < ${perHour} or known.hour_began_at <= ${anHourAgo}
    returning questions
  `.execute(trx)
  if (rows.length > 0) return null
  const { rows: refused } = await sql<{ next: Date }>`
    select hour_began_at + interval '1 hour' as next from question_count where account_id = ${accountId}
  `.execute(trx)
  return refused[0]?.next ?? at
}
