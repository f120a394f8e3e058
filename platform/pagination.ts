import { badUserInput } from './errors.ts'

export const PAGE_SIZE_DEFAULT = 20
export const PAGE_SIZE_MAX = 100

/** The length of a page as a client asked for it. Throws a `BAD_USER_INPUT` that names the limit. */
export function readPageSize(first: number | null | undefined): number {
  const size = first ?? PAGE_SIZE_DEFAULT
  if (size < 1 || size > PAGE_SIZE_MAX) throw badUserInput(`\`first\` is from 1 to ${PAGE_SIZE_MAX}, not ${size}.`)
  return size
}

/** A place in a list, opaque to clients so that what it is made of may change. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url')
}

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString()
}
