import type { QueryPlan } from '@apollo/query-planner'
import {
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  valueFromASTUntyped,
} from 'graphql'
import { graphName } from './graph-name.ts'

type PlanNode = NonNullable<QueryPlan['node']>
type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>

/**
 * Makes every part of a shared root field carry the entity's key. The planner asks only one subgraph for `viewer.id`;
 * were that one away, the whole `viewer` would be lost, though the others can tell its id as well.
 */
export function createRootKeys(schema: GraphQLSchema): (plan: QueryPlan) => void {
  const done = new WeakSet<QueryPlan>()
  return (plan) => {
    if (done.has(plan)) return
    done.add(plan)
    const fetches = rootFetches(plan.node as PlanNode | undefined)
    if (fetches.length > 1) for (const fetch of fetches) addKeys(schema, fetch)
  }
}

/** The fetches that begin at the root: all that need nothing from another. */
function rootFetches(node: PlanNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case 'Fetch':
      return node.requires ? [] : [node]
    case 'Parallel':
    case 'Sequence':
      return node.nodes.flatMap((child) => rootFetches(child as PlanNode))
    default:
      return []
  }
}

/** A plan's fetches are made once and kept, so they are changed in place. */
function addKeys(schema: GraphQLSchema, fetch: { serviceName: string; operation: string }): void {
  const document = parse(fetch.operation)
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'query'
      ? withKeys(schema, definition, fetch.serviceName)
      : definition,
  )
  fetch.operation = print({ ...document, definitions })
}

function withKeys(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  subgraph: string,
): OperationDefinitionNode {
  const selections = operation.selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD ? withKey(schema, selection, subgraph) : selection,
  )
  return { ...operation, selectionSet: { ...operation.selectionSet, selections } }
}

function withKey(schema: GraphQLSchema, field: FieldNode, subgraph: string): FieldNode {
  const key = keyOf(schema, field.name.value, subgraph)
  if (!field.selectionSet || key === null) return field
  const { selections } = field.selectionSet
  if (selections.some((selection) => selection.kind === Kind.FIELD && responseKey(selection) === key)) return field
  const keyField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: key } }
  return { ...field, selectionSet: { ...field.selectionSet, selections: [...selections, keyField] } }
}

/** The single key field of the entity that a root field gives, as one subgraph knows it; null when it has none. */
function keyOf(schema: GraphQLSchema, fieldName: string, subgraph: string): string | null {
  const field = schema.getQueryType()?.getFields()[fieldName]
  const type = field && getNamedType(field.type)
  for (const directive of type?.astNode?.directives ?? []) {
    if (directive.name.value !== 'join__type') continue
    const values = Object.fromEntries(
      (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
    )
    const key = values['key']
    if (graphName(values['graph']) === graphName(subgraph) && typeof key === 'string' && /^\w+$/.test(key)) return key
  }
  return null
}

function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value
}
