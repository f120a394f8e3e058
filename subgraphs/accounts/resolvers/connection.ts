import { encodeCursor } from '../../../platform/pagination.ts'

export interface PageOptions<Node> {
  /** How many were asked for; the rows have one more if there is more. */
  readonly size: number
  readonly isFirst: boolean
  /** What a node's place is made of. */
  readonly place: (node: Node) => string
}

/** A page of a connection, out of the rows that were read for it. */
export function toConnection<Node>(rows: readonly Node[], { size, isFirst, place }: PageOptions<Node>) {
  const edges = rows.slice(0, size).map((node) => ({ node, cursor: encodeCursor(place(node)) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: !isFirst,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
