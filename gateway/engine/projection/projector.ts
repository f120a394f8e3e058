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
import { isJsonObject, type JsonObject } from '../value.ts'
import { type CollectContext, collectFields } from './collect-fields.ts'
import { compileLeaf } from './leaf.ts'
import { BUBBLE, type Project, type ProjectionRun } from './project.ts'

/** Compiles what a client selected of a type into a function that cuts it out of what was fetched. */
export function compileProjector(
  context: CollectContext,
  type: GraphQLCompositeType,
  selections: readonly SelectionNode[],
): Project {
  const byTypename = new Map<string, ObjectProjector>()
  const projectorOf = (runtimeType: GraphQLNamedType): ObjectProjector => {
    const known = byTypename.get(runtimeType.name)
    if (known) return known
    const made = compileObject(context, runtimeType, selections)
    byTypename.set(runtimeType.name, made)
    return made
  }
  return (value, run, place) => {
    if (!isJsonObject(value)) return BUBBLE
    const typename = value['__typename']
    if (typename === undefined || typename === null || typename === type.name) return projectorOf(type)(value, run)
    const runtimeType = typeof typename === 'string' ? context.schema.getType(typename) : undefined
    if (runtimeType && isCompositeType(runtimeType)) return projectorOf(runtimeType)(value, run)
    run.report(`Invalid __typename found for object at ${place()}.`)
    return BUBBLE
  }
}

type ObjectProjector = (object: JsonObject, run: ProjectionRun) => JsonObject | typeof BUBBLE

/** One field of one type, compiled. */
interface CompiledField {
  readonly key: string
  readonly project: Project
}

function compileObject(
  context: CollectContext,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
): ObjectProjector {
  const fields = [...collectFields(context, type, selections)].map(([key, nodes]) =>
    compileField(context, type, key, nodes),
  )
  return (object, run) => {
    const output: JsonObject = {}
    for (const { key, project } of fields) {
      run.path.push(key)
      const value = project(object[key] ?? null, run, () => `field ${type.name}.${key}`)
      run.path.pop()
      if (value === BUBBLE) return BUBBLE
      if (key === '__proto__')
        Object.defineProperty(output, key, { value, enumerable: true, configurable: true, writable: true })
      else output[key] = value
    }
    return output
  }
}

function compileField(
  context: CollectContext,
  parentType: GraphQLNamedType,
  key: string,
  nodes: readonly FieldNode[],
): CompiledField {
  const name = nodes[0]?.name.value ?? ''
  if (name === '__typename') return { key, project: () => (isObjectType(parentType) ? parentType.name : BUBBLE) }
  if (name === '__schema' || name === '__type') return { key, project: (_, run) => run.introspection(key) }
  invariant(isObjectType(parentType) || isInterfaceType(parentType), `${parentType.name} has fields`)
  const field = parentType.getFields()[name]
  invariant(field, `a validated operation asks ${parentType.name} only for fields that it has, not ${name}`)
  const selections = nodes.flatMap((node) => node.selectionSet?.selections ?? [])
  return { key, project: compileOutput(context, field.type, selections) }
}

function compileOutput(
  context: CollectContext,
  type: GraphQLOutputType,
  selections: readonly SelectionNode[],
): Project {
  if (isNonNullType(type)) return nonNull(compileOutput(context, type.ofType, selections), String(type.ofType))
  const project = compileNullable(context, type, selections)
  return (value, run, place) => {
    if (value === null || value === undefined) return null
    const projected = project(value, run, place)
    return projected === BUBBLE ? null : projected
  }
}

function compileNullable(
  context: CollectContext,
  type: GraphQLOutputType,
  selections: readonly SelectionNode[],
): Project {
  if (isListType(type)) return compileList(compileOutput(context, type.ofType, selections), String(type.ofType))
  if (isLeafType(type)) {
    const isLeaf = compileLeaf(type)
    return (value, run, place) => {
      if (isLeaf(value)) return value
      run.report(`Invalid value found for ${place()}.`)
      return BUBBLE
    }
  }
  invariant(isCompositeType(type), 'an output type is a list, a leaf or composite')
  return compileProjector(context, type, selections)
}

/** A null that may not be there takes its parent with it; it is told of once, where it began. */
function nonNull(project: Project, _typeName: string): Project {
  return (value, run, place) => {
    const reported = run.reportCount
    const projected = project(value, run, place)
    if (projected !== null) return projected
    if (run.reportCount === reported) run.report(`Cannot return null for non-nullable ${place()}.`)
    return BUBBLE
  }
}

function compileList(project: Project, typeName: string): Project {
  return (value, run, place) => {
    if (!Array.isArray(value)) {
      run.report(`Invalid value found for ${place()}.`)
      return BUBBLE
    }
    const output = new Array<unknown>(value.length)
    let hasBubble = false
    for (let index = 0; index < value.length; index++) {
      run.path.push(index)
      const item = project(
        value[index] ?? null,
        run,
        () => `array element of type ${typeName.replace(/!$/, '')} at index ${index}`,
      )
      run.path.pop()
      if (item === BUBBLE) hasBubble = true
      else output[index] = item
    }
    return hasBubble ? BUBBLE : output
  }
}
