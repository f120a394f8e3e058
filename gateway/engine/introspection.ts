import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'

/** Answers `__schema` and `__type` of an operation; undefined when it asks for neither. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

export function compileIntrospection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Introspect | undefined {
  const selections = introspectionSelections(operation.selectionSet.selections, fragments)
  if (selections.length === 0) return undefined
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: { ...operation.selectionSet, selections } }, ...fragments.values()],
  }
  return (variables) => {
    // Nothing of a schema is asynchronous, so its answer is not a promise.
    const result = execute({ schema, document, variableValues: variables }) as ExecutionResult
    return result.data ?? {}
  }
}

/** The operation without what introspection answers: the planner refuses it in fragments and with conditions. */
export function withoutIntrospection(document: DocumentNode): DocumentNode {
  return visit(document, {
    Field: (field) => (isIntrospection(field) ? null : undefined),
    SelectionSet: {
      leave: (selectionSet) => (selectionSet.selections.length === 0 ? ONLY_TYPENAME : undefined),
    },
  })
}

const ONLY_TYPENAME: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
}

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type'
}

/** The root's own introspection fields, also those inside fragments, with the conditions around them. */
function introspectionSelections(
  selections: readonly SelectionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionNode[] {
  return selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) {
      return isIntrospection(selection) ? [selection] : []
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
    const inside = introspectionSelections(fragment?.selectionSet.selections ?? [], fragments)
    if (!fragment || inside.length === 0) return []
    const { directives = [] } = selection
    return [{ kind: Kind.INLINE_FRAGMENT, directives, selectionSet: { kind: Kind.SELECTION_SET, selections: inside } }]
  })
}
