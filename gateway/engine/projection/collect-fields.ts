import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql'
import { invariant } from '../../../platform/invariant.ts'
import type { Conditions } from './boolean-variables.ts'

/** What collecting needs to know of the operation. */
export interface CollectContext {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly conditions: Conditions
}

/** The fields that an object of one type shows, in the order of the answer; a name asked for twice is one field. */
export type CollectedFields = ReadonlyMap<string, readonly FieldNode[]>

export function collectFields(
  context: CollectContext,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
): CollectedFields {
  const collected = new Map<string, FieldNode[]>()
  for (const field of visibleFields(context, type, selections)) {
    const key = field.alias?.value ?? field.name.value
    const nodes = collected.get(key)
    if (nodes) nodes.push(field)
    else collected.set(key, [field])
  }
  return collected
}

/** The fields with fragments opened that are for this type, and nothing that a condition leaves out. */
function* visibleFields(
  context: CollectContext,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
): Generator<FieldNode> {
  for (const node of selections) {
    if (!isIncluded(node.directives ?? [], context.conditions)) continue
    if (node.kind === Kind.FIELD) {
      yield node
      continue
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : context.fragments.get(node.name.value)
    invariant(fragment, 'a validated operation spreads fragments that it has')
    if (applies(context.schema, fragment.typeCondition?.name.value, type)) {
      yield* visibleFields(context, type, fragment.selectionSet.selections)
    }
  }
}

function isIncluded(directives: readonly DirectiveNode[], conditions: Conditions): boolean {
  return directives.every((directive) => {
    const name = directive.name.value
    if (name !== 'skip' && name !== 'include') return true
    const value = directive.arguments?.[0]?.value
    const isTrue =
      value?.kind === Kind.VARIABLE ? conditions[value.name.value] : value?.kind === Kind.BOOLEAN && value.value
    return name === 'skip' ? !isTrue : isTrue
  })
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLNamedType): boolean {
  if (condition === undefined || condition === type.name) return true
  const conditionType = schema.getType(condition)
  if (!isAbstractType(conditionType) || !(isObjectType(type) || isInterfaceType(type))) return false
  return schema.isSubType(conditionType, type)
}
