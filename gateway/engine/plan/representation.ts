import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { JsonObject } from '../value.ts'
import { createMerge } from './merge.ts'
import { compileTypeCondition } from './type-condition.ts'

/** Makes what a subgraph needs to know an entity by; null when the object has not all of it. */
export type Represent = (entity: JsonObject) => JsonObject | null

/** Compiles the `requires` of a fetch: `... on Line { __typename id }`. */
export function compileRepresentation(schema: GraphQLSchema, selections: readonly QueryPlanSelectionNode[]): Represent {
  const pick = compileSelections(schema, selections)
  return (entity) => {
    const representation = pick(entity)
    return representation?.['__typename'] ? representation : null
  }
}

/** Adds a part to the representation; false when the object lacks it. */
type Pick = (source: JsonObject, representation: JsonObject) => boolean

function compileSelections(schema: GraphQLSchema, selections: readonly QueryPlanSelectionNode[]): Represent {
  const picks = selections.map((selection) => compileSelection(schema, selection))
  return (source) => {
    const representation: JsonObject = {}
    return picks.every((pick) => pick(source, representation)) ? representation : null
  }
}

function compileSelection(schema: GraphQLSchema, selection: QueryPlanSelectionNode): Pick {
  if (selection.kind === 'Field') return compileField(schema, selection)
  const pick = compileSelections(schema, selection.selections)
  const merge = createMerge(schema)
  const { typeCondition } = selection
  if (typeCondition === undefined) return () => true
  const applies = compileTypeCondition(schema, typeCondition)
  return (source, representation) => {
    const typename = source['__typename']
    if (typeof typename === 'string' && applies(typename)) merge(representation, pick(source))
    return true
  }
}

function compileField(schema: GraphQLSchema, field: QueryPlanSelectionNode & { kind: 'Field' }): Pick {
  const key = field.alias ?? field.name
  const pick = field.selections && compileSelections(schema, field.selections)
  return (source, representation) => {
    const value = source[key]
    if (value === undefined) return false
    representation[key] = pick ? pickBelow(value, pick) : value
    return true
  }
}

function pickBelow(value: unknown, pick: Represent): unknown {
  if (value === null) return null
  return Array.isArray(value) ? value.map((item) => pickBelow(item, pick)) : pick(value as JsonObject)
}
