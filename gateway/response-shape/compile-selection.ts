import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import {
  type Check,
  checkFields,
  checkList,
  checkNonNull,
  checkNullable,
  checkOptional,
  isJsonObject,
  type JsonObject,
} from './check.ts'
import { checkLeaf } from './check-leaf.ts'
import { fieldType } from './field-type.ts'

/** What a selection is compiled with. */
export interface Compilation {
  readonly schema: GraphQLSchema
  readonly subgraph: string
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
}

/** Compiles the check of an object. Of an abstract type, it is compiled for each concrete type that comes. */
export function compileObject(compilation: Compilation, parent: GraphQLCompositeType, set: SelectionSetNode): Check {
  if (!isAbstractType(parent)) return objectCheck(compileFields(compilation, parent, set))
  const known = new Map<unknown, (value: JsonObject) => string | null>()
  return objectCheck((value) => {
    const typename = value['__typename'] ?? parent.name
    let check = known.get(typename)
    if (!check) {
      const type = possibleType(compilation.schema, parent, typename)
      if (!type) return '.__typename is not one of the possible types'
      check = compileFields(compilation, type, set)
      known.set(typename, check)
    }
    return check(value)
  })
}

function objectCheck(check: (value: JsonObject) => string | null): Check {
  return (value) => (isJsonObject(value) ? check(value) : ' is not an object')
}

/** An interface may stand for itself: that is what an interface object of a subgraph says. */
function possibleType(schema: GraphQLSchema, parent: GraphQLCompositeType, name: unknown): GraphQLCompositeType | null {
  const type = typeof name === 'string' ? schema.getType(name) : undefined
  if (!isCompositeType(type)) return null
  return type === parent || (isAbstractType(parent) && !isUnionType(type) && schema.isSubType(parent, type))
    ? type
    : null
}

function compileFields(compilation: Compilation, type: GraphQLCompositeType, set: SelectionSetNode) {
  const fields = new Map<string, Check>()
  for (const { field, isOptional } of collectFields(compilation, type, set.selections)) {
    const key = field.alias?.value ?? field.name.value
    const check = compileField(compilation, type, field)
    const earlier = fields.get(key)
    const both: Check = earlier ? (value) => earlier(value) ?? check(value) : check
    fields.set(key, isOptional ? checkOptional(both) : both)
  }
  return checkFields(fields)
}

interface CollectedField {
  readonly field: FieldNode
  readonly isOptional: boolean
}

/** The fields of a selection that hold for a type, those of its fragments included. */
function collectFields(
  compilation: Compilation,
  type: GraphQLCompositeType,
  selections: readonly SelectionNode[],
  isInOptional = false,
): CollectedField[] {
  return selections.flatMap((selection) => {
    const isOptional = isInOptional || (selection.directives?.length ?? 0) > 0
    if (selection.kind === Kind.FIELD) return [{ field: selection, isOptional }]
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? compilation.fragments[selection.name.value] : selection
    if (!fragment || !holdsFor(compilation.schema, type, fragment.typeCondition?.name.value)) return []
    return collectFields(compilation, type, fragment.selectionSet.selections, isOptional)
  })
}

function holdsFor(schema: GraphQLSchema, type: GraphQLCompositeType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true
  const wanted = schema.getType(condition)
  return isAbstractType(wanted) && !isUnionType(type) && schema.isSubType(wanted, type)
}

function compileField(compilation: Compilation, parent: GraphQLCompositeType, field: FieldNode): Check {
  if (field.name.value === '__typename') return (value) => (typeof value === 'string' ? null : ' is not a type name')
  const type = fieldType(compilation, parent, field.name.value)
  // A field that this supergraph does not have: the plan is older than it, and the answer is believed.
  return type ? compileType(compilation, type, field.selectionSet) : () => null
}

function compileType(
  compilation: Compilation,
  type: GraphQLOutputType,
  selectionSet: SelectionSetNode | undefined,
): Check {
  if (isNonNullType(type)) return checkNonNull(compileValue(compilation, type.ofType, selectionSet))
  return checkNullable(compileValue(compilation, type, selectionSet))
}

/** The check of a value that is there. */
function compileValue(
  compilation: Compilation,
  type: GraphQLOutputType,
  selectionSet: SelectionSetNode | undefined,
): Check {
  if (isListType(type)) return checkList(compileType(compilation, type.ofType, selectionSet))
  if (isLeafType(type)) return checkLeaf(type)
  return isCompositeType(type) && selectionSet ? compileObject(compilation, type, selectionSet) : () => null
}
