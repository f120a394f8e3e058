import { sql } from 'kysely'
import { prepareStatement } from '../../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { ConversationRow } from './conversations.ts'

/** Who of staff looks at the queue, and which part of it. */
export interface QueuePage {
  readonly staffId: string
  readonly isSupervisor: boolean
  readonly first: number
  readonly after: QueuePlace | null
  readonly now: Date
}

/** A place in the queue: the deadline stays the same as long as a conversation is in it. */
export interface QueuePlace {
  readonly deadlineAt: Date
  readonly id: string
}

interface QueueValues {
  readonly staffId: string
  readonly isSupervisor: boolean
  readonly size: number
  readonly afterDeadline: Date | null
  readonly afterId: string | null
  readonly now: Date
}

const QUEUE = prepareStatement<QueueValues, ConversationRow>(
  'consultant-queue',
  ({ staffId, isSupervisor, size, afterDeadline, afterId, now }) => sql`
    select * from conversation
    where status in ('WAITING', 'IN_PROGRESS')
      and (status = 'WAITING' or lease_until <= ${now}::timestamptz
        or taken_by = ${staffId}::text or ${isSupervisor}::boolean)
      and (${afterId}::uuid is null or (deadline_at, id) > (${afterDeadline}::timestamptz, ${afterId}::uuid))
    order by deadline_at, id limit ${size}::int
  `,
)

/**
 * The conversations in which a person has to answer, the oldest deadline first, with one more than the page shows if
 * there is more. What a colleague has is for supervisors only.
 */
export function readQueue(reader: Reader, { first, after, ...viewer }: QueuePage): Promise<ConversationRow[]> {
  return reader.read(QUEUE, {
    ...viewer,
    size: first + 1,
    afterDeadline: after?.deadlineAt ?? null,
    afterId: after?.id ?? null,
  })
}
