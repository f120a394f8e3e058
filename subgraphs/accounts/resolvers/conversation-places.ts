import { parseId } from '../../../platform/ids.ts'
import { decodeCursor, notACursor } from '../../../platform/pagination.ts'
import type { ConversationRow } from '../store/consultant/conversations.ts'
import type { QueuePlace } from '../store/consultant/queue.ts'

const SEQUENCE = /^\d{1,9}$/

/** The number of the last message of the page before; 0 for the first page. */
export function readMessagePlace(after: string | null | undefined): number {
  if (after === null || after === undefined) return 0
  const place = decodeCursor(after)
  if (!SEQUENCE.test(place)) throw notACursor()
  return Number(place)
}

/** The deadline and the id: the deadline alone may be that of several. */
export function queuePlaceText({ deadline_at, id }: ConversationRow): string {
  return `${deadline_at?.getTime()} ${id}`
}

const QUEUE_PLACE = /^(?<time>\d{1,15}) (?<id>\S+)$/

export function readQueuePlace(after: string | null | undefined): QueuePlace | null {
  if (after === null || after === undefined) return null
  const { time, id } = QUEUE_PLACE.exec(decodeCursor(after))?.groups ?? {}
  return { deadlineAt: new Date(Number(time ?? fail())), id: parseId(id ?? '') ?? fail() }
}

function fail(): never {
  throw notACursor()
}
