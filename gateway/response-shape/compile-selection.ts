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

/** What was asked of an object at one place. */
export interface Selected {
  readonly selections: readonly SelectionNode[]
  /** Whether a condition may have left this place out, where another has the object all the same. */
  readonly isOptional?: boolean
}

/**
 * Compiles the check of an object that may be asked for at several places, as the planner leaves them apart when one has
 * a condition. Of an abstract type, it is compiled for each concrete type that comes.
 */
export function compileObject(
  compilation: Compilation,
  parent: GraphQLCompositeType,
  places: readonly Selected[],
): Check {
  if (!isAbstractType(parent)) return objectCheck(compileFields(compilation, parent, places))
  const known = new Map<unknown, (value: JsonObject) => string | null>()
  return objectCheck((value) => {
    const typename = value['__typename'] ?? parent.name
    let check = known.get(typename)
    if (!check) {
      const type = possibleType(compilation.schema, parent, typename)
      if (!type) return '.__typename is not one of the possible types'
      check = compileFields(compilation, type, places)
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

function compileFields(compilation: Compilation, type: GraphQLCompositeType, places: readonly Selected[]) {
  const collected = places.flatMap((place) => collectFields(compilation, type, place))
  const fields = new Map<string, Check>()
  for (const [key, asked] of Map.groupBy(collected, ({ field }) => field.alias?.value ?? field.name.value)) {
    const check = compileField(compilation, type, asked)
    fields.set(key, asked.every(({ isOptional }) => isOptional) ? checkOptional(check) : check)
  }
  return checkFields(fields)
}

interface CollectedField {
  readonly field: FieldNode
  readonly isOptional: boolean
}

/** The fields of a place that hold for a type, those of its fragments included. */
function collectFields(
  compilation: Compilation,
  type: GraphQLCompositeType,
  { selections, isOptional: isInOptional = false }: Selected,
): CollectedField[] {
  return selections.flatMap((selection) => {
    const isOptional = isInOptional || (selection.directives?.length ?? 0) > 0
    if (selection.kind === Kind.FIELD) return [{ field: selection, isOptional }]
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? compilation.fragments[selection.name.value] : selection
    if (!fragment || !holdsFor(compilation.schema, type, fragment.typeCondition?.name.value)) return []
    return collectFields(compilation, type, { selections: fragment.selectionSet.selections, isOptional })
  })
}

function holdsFor(schema: GraphQLSchema, type: GraphQLCompositeType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true
  const wanted = schema.getType(condition)
  return isAbstractType(wanted) && !isUnionType(type) && schema.isSubType(wanted, type)
}

/** The check of one field, of all the places that ask for it: under one key they are the same one. */
function compileField(compilation: Compilation, parent: GraphQLCompositeType, asked: readonly CollectedField[]): Check {
  const name = asked[0]?.field.name.value ?? ''
  if (name === '__typename') return (value) => (typeof value === 'string' ? null : ' is not a type name')
  const type = fieldType(compilation, parent, name)
  // What one condition alone has put there is whole; beside another place, it may be all that was left out.
  const places = asked.flatMap(({ field: { selectionSet }, isOptional }) =>
    selectionSet ? [{ selections: selectionSet.selections, isOptional: isOptional && asked.length > 1 }] : [],
  )
  // A field that this supergraph does not have: the plan is older than it, and the answer is believed.
  return type ? compileType(compilation, type, places) : () => null
}

function compileType(compilation: Compilation, type: GraphQLOutputType, places: readonly Selected[]): Check {
  if (isNonNullType(type)) return checkNonNull(compileValue(compilation, type.ofType, places))
  return checkNullable(compileValue(compilation, type, places))
}

/** The check of a value that is there. */
function compileValue(compilation: Compilation, type: GraphQLOutputType, places: readonly Selected[]): Check {
  if (isListType(type)) return checkList(compileType(compilation, type.ofType, places))
  if (isLeafType(type)) return checkLeaf(type)
  return isCompositeType(type) && places.length > 0 ? compileObject(compilation, type, places) : () => null
}
