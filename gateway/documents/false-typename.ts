import { BREAK, type DocumentNode, GraphQLError, visit } from 'graphql'

const TYPENAME = '__typename'

/** Refuses another field under that alias: the engine would take its value for what an object is. Null when there is none. */
export function falseTypename(document: DocumentNode): GraphQLError | null {
  let found: GraphQLError | null = null
  visit(document, {
    Field(node) {
      if (node.alias?.value !== TYPENAME || node.name.value === TYPENAME) return undefined
      const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } }
      found = new GraphQLError('No other field can have the alias `__typename`.', { nodes: node, extensions })
      return BREAK
    },
  })
  return found
}
