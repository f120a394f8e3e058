/** A subgraph as the supergraph's enum spells it: `linked-numbers` is `LINKED_NUMBERS`. */
export function graphName(name: unknown): string {
  return String(name).toUpperCase().replaceAll(/\W/g, '_')
}
