import { v7 } from 'uuid'
import type { Clock } from './clock.ts'

/** Makes a new opaque id: UUIDv7, so that rows made together lie together in an index. */
export type NewId = () => string

export function createNewId(clock: Clock): NewId {
  return () => v7({ msecs: clock.now().getTime() })
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id as a client sent it, in lower case; null when it cannot be one of ours, and so names nothing. */
export function parseId(text: string): string | null {
  const id = text.toLowerCase()
  return UUID.test(id) ? id : null
}
