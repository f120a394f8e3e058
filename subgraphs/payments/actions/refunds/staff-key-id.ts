import { hash } from 'node:crypto'

/** Under which the idempotency keys of a member of staff are kept: an id made of their name, as version 8 of UUIDs is. */
export function staffKeyId(staffId: string): string {
  const digits = hash('sha256', `staff ${staffId}`)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-')
}
