import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionNode,
} from 'graphql'
import { invariant } from '../../../platform/invariant.ts'
import { isJsonObject } from '../value.ts'
import { type CollectContext, collectFields } from './collect-fields.ts'
import { compileLeaf, type IsLeaf } from './leaf.ts'
import { compileList } from './list.ts'
import { type CompiledField, compileObject, type ProjectObject } from './object.ts'
import { BUBBLE, INVALID_NULL, INVALID_VALUE, type Project } from './project.ts'

/** What projecting needs to know besides: the key that a field has in what was fetched. */
export interface ProjectionContext extends CollectContext {
  readonly fetchedName: (field: FieldNode) => string
}

/** Compiles what a client selected of a type into a function that cuts it out of what was fetched. */
export function compileProjector(
  context: ProjectionContext,
  type: GraphQLCompositeType,
  selections: readonly SelectionNode[],
): Project {
  return compileComposite(context, { type, place: 'the root' }, selections)
}

/** A type where it stands: `place` names it in messages. */
interface Placed<Type> {
  readonly type: Type
  readonly place: string
}

function compileComposite(
  context: ProjectionContext,
  { type, place }: Placed<GraphQLCompositeType>,
  selections: readonly SelectionNode[],
): Project {
  const byTypename = new Map<unknown, ProjectObject>()
  const compile = (typename: string): ProjectObject | undefined => {
    const runtimeType = context.schema.getType(typename)
    if (!runtimeType || !isCompositeType(runtimeType)) return undefined
    const made = compileObject(compileFields(context, runtimeType, selections))
    byTypename.set(typename, made)
    return made
  }
  return (value, run) => {
    if (!isJsonObject(value)) return BUBBLE
    const typename = value['__typename'] ?? type.name
    const project = byTypename.get(typename) ?? (typeof typename === 'string' ? compile(typename) : undefined)
    if (project) return project(value, run)
    run.report('Invalid __typename found for object at', place)
    return BUBBLE
  }
}

function compileFields(
  context: ProjectionContext,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
): CompiledField[] {
  return [...collectFields(context, type, selections)].map(([key, nodes]) => compileField(context, type, key, nodes))
}

function compileField(
  context: ProjectionContext,
  parentType: GraphQLNamedType,
  key: string,
  nodes: readonly FieldNode[],
): CompiledField {
  const place = `field ${parentType.name}.${key}`
  const [node] = nodes
  invariant(node, `a field of the answer was asked for, and so was ${key}`)
  const name = node.name.value
  const named = { key, fetchedKey: context.fetchedName(node), place }
  if (name === '__typename') {
    const typename = isObjectType(parentType) ? parentType.name : BUBBLE
    return { ...named, isLeaf: null, isNonNull: false, project: () => typename }
  }
  if (name === '__schema' || name === '__type') {
    return { ...named, isLeaf: null, isNonNull: false, project: (_, run) => run.introspection(key) }
  }
  invariant(isObjectType(parentType) || isInterfaceType(parentType), `${parentType.name} has fields`)
  const type = parentType.getFields()[name]?.type
  invariant(type, `a validated operation asks ${parentType.name} only for fields that it has, not ${name}`)
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
  const isNonNull = isNonNullType(type)
  const nullable = isNonNull ? type.ofType : type
  if (isLeafType(nullable)) return { ...named, isNonNull, isLeaf: compileLeaf(nullable), project: () => BUBBLE }
  return { ...named, isNonNull: false, isLeaf: null, project: compileOutput(context, { type, place }, selections) }
}

function compileOutput(
  context: ProjectionContext,
  { type, place }: Placed<GraphQLOutputType>,
  selections: readonly SelectionNode[],
): Project {
  if (isNonNullType(type)) return nonNull(compileOutput(context, { type: type.ofType, place }, selections), place)
  const project = compileNullable(context, { type, place }, selections)
  return (value, run) => {
    if (value === null || value === undefined) return null
    const projected = project(value, run)
    return projected === BUBBLE ? null : projected
  }
}

function compileNullable(
  context: ProjectionContext,
  { type, place }: Placed<GraphQLOutputType>,
  selections: readonly SelectionNode[],
): Project {
  if (isListType(type)) {
    const item = String(type.ofType).replace(/!$/, '')
    const placeOfItem = `array element of type ${item} at index`
    return compileList(compileOutput(context, { type: type.ofType, place: placeOfItem }, selections), place)
  }
  if (isLeafType(type)) return leaf(compileLeaf(type), place)
  invariant(isCompositeType(type), 'an output type is a list, a leaf or composite')
  return compileComposite(context, { type, place }, selections)
}

function leaf(isLeaf: IsLeaf, place: string): Project {
  return (value, run) => {
    if (isLeaf(value)) return value
    run.report(INVALID_VALUE, place)
    return BUBBLE
  }
}

/** A null that may not be there takes its parent with it; it is told of once, where it began. */
function nonNull(project: Project, place: string): Project {
  return (value, run) => {
    const reported = run.errors.length
    const projected = project(value, run)
    if (projected !== null) return projected
    if (run.errors.length === reported) run.report(INVALID_NULL, place)
    return BUBBLE
  }
}
