import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql'

/**
 * Puts the keys of a type that a subgraph resolves before those that it only knows. The planner comes back to a
 * subgraph by the first key that is at hand there, be it one that the subgraph cannot resolve.
 */
export function putResolvableFirst(document: DocumentNode): DocumentNode {
  const sort = <Node extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(node: Node): Node => {
    const { directives = [] } = node
    const last = directives.filter(isUnresolvableKey)
    return last.length === 0
      ? node
      : { ...node, directives: [...directives.filter((directive) => !isUnresolvableKey(directive)), ...last] }
  }
  return visit(document, { ObjectTypeDefinition: sort, InterfaceTypeDefinition: sort })
}

function isUnresolvableKey({ name, arguments: parameters = [] }: ConstDirectiveNode): boolean {
  return (
    name.value === 'join__type' &&
    parameters.some(
      (argument) =>
        argument.name.value === 'resolvable' && argument.value.kind === Kind.BOOLEAN && !argument.value.value,
    )
  )
}
