import type { GraphQLError } from 'graphql'
import { badUserInput } from './errors.ts'
import { parseId } from './ids.ts'

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

/** The id that a cursor of a list by id holds; null without a cursor. Throws for what is no cursor of ours. */
export function readIdCursor(after: string | null | undefined): string | null {
  if (after === null || after === undefined) return null
  const id = parseId(decodeCursor(after))
  if (id === null) throw notACursor()
  return id
}

/** A `BAD_USER_INPUT` for an `after` that no page has given. */
export function notACursor(): GraphQLError {
  return badUserInput('`after` is the `endCursor` of a page that was given before.')
}

export interface PageOptions<Node> {
  readonly size: number
  readonly isFirst: boolean
  /** What the cursor of an item holds. */
  readonly cursorOf: (node: Node) => string
}

/** A page of a connection out of its rows, of which one more was read where another page follows. */
export function toPage<Node>(rows: readonly Node[], { size, isFirst, cursorOf }: PageOptions<Node>) {
  const nodes = rows.slice(0, size)
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor(cursorOf(node)) }))
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: !isFirst,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
