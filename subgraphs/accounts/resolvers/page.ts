import { encodeCursor } from '../../../platform/pagination.ts'

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
