/** The parts of the graph, by the name that composition, folders, roles and variables use. */
export const SUBGRAPH_NAMES = ['accounts', 'linked-numbers', 'products', 'payments'] as const
export type SubgraphName = (typeof SUBGRAPH_NAMES)[number]

/** `linked-numbers` as a database spells it: `linked_numbers`. */
export function schemaName(subgraph: SubgraphName): string {
  return subgraph.replaceAll('-', '_')
}

/** The login role of a subgraph, which can touch nothing but the subgraph's own database schema. */
export function roleName(subgraph: SubgraphName): string {
  return `cabinet_${schemaName(subgraph)}`
}

/** `linked-numbers` as environment variables spell it: `LINKED_NUMBERS`. */
export function variablePrefix(subgraph: SubgraphName): string {
  return schemaName(subgraph).toUpperCase()
}

/** A value for each subgraph, by its name. */
export function mapSubgraphs<Value>(value: (name: SubgraphName) => Value): Record<SubgraphName, Value> {
  return Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, value(name)])) as Record<SubgraphName, Value>
}
