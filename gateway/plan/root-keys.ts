import type { QueryPlan } from '@apollo/query-planner'
import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  valueFromASTUntyped,
} from 'graphql'
import { graphName } from './graph-name.ts'

type PlanNode = NonNullable<QueryPlan['node']>
type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>

/**
 * Makes every part of a shared root field carry the key that the client asked for, by the name it gave it. The planner
 * asks only one subgraph for `viewer.id`; were that one away, the whole `viewer` would be lost, though the others can
 * tell its id as well.
 */
export function createRootKeys(schema: GraphQLSchema): (plan: QueryPlan) => void {
  const done = new WeakSet<QueryPlan>()
  return (plan) => {
    if (done.has(plan)) return
    done.add(plan)
    const fetches = rootFetches(plan.node as PlanNode | undefined)
    if (fetches.length > 1) shareKeys(schema, fetches)
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

/** What the client calls the key of a root object: by the root's response key, the fields that ask for it. */
type AskedKeys = ReadonlyMap<string, readonly FieldNode[]>

/** A plan's fetches are made once and kept, so they are changed in place. */
function shareKeys(schema: GraphQLSchema, fetches: readonly FetchNode[]): void {
  const read = fetches.map((fetch) => ({ fetch, document: parse(fetch.operation) }))
  const asked = askedKeys(
    schema,
    read.flatMap(({ fetch, document }) =>
      rootFields(document).map((field) => ({ field, subgraph: fetch.serviceName })),
    ),
  )
  for (const { fetch, document } of read) {
    const definitions = document.definitions.map((definition) =>
      isQuery(definition)
        ? withKeys(definition, (field) => missingKeys(schema, field, fetch.serviceName, asked))
        : definition,
    )
    fetch.operation = print({ ...document, definitions })
  }
}

/** Keys under a condition stay where they are: its variable is not known to the others. */
function askedKeys(schema: GraphQLSchema, roots: readonly { field: FieldNode; subgraph: string }[]): AskedKeys {
  const asked = new Map<string, FieldNode[]>()
  for (const { field, subgraph } of roots) {
    const key = keyOf(schema, field.name.value, subgraph)
    const keys = fieldsOf(field).filter(({ name, directives }) => name.value === key && !directives?.length)
    asked.set(responseKey(field), [...(asked.get(responseKey(field)) ?? []), ...keys])
  }
  return asked
}

function missingKeys(schema: GraphQLSchema, field: FieldNode, subgraph: string, asked: AskedKeys): FieldNode[] {
  const key = keyOf(schema, field.name.value, subgraph)
  const known = new Set(fieldsOf(field).map(responseKey))
  const wanted = (asked.get(responseKey(field)) ?? []).filter(
    (asking) => asking.name.value === key && !known.has(responseKey(asking)),
  )
  return [...new Map(wanted.map((asking) => [responseKey(asking), asking])).values()]
}

function withKeys(
  operation: OperationDefinitionNode,
  missing: (field: FieldNode) => readonly FieldNode[],
): OperationDefinitionNode {
  const selections = operation.selectionSet.selections.map((selection) => {
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) return selection
    const { selectionSet } = selection
    return {
      ...selection,
      selectionSet: { ...selectionSet, selections: [...selectionSet.selections, ...missing(selection)] },
    }
  })
  return { ...operation, selectionSet: { ...operation.selectionSet, selections } }
}

function rootFields(document: DocumentNode): FieldNode[] {
  return document.definitions.filter(isQuery).flatMap(fieldsOf)
}

function isQuery(definition: DefinitionNode): definition is OperationDefinitionNode {
  return definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.QUERY
}

function fieldsOf({ selectionSet }: FieldNode | OperationDefinitionNode): FieldNode[] {
  return selectionSet?.selections.filter((selection) => selection.kind === Kind.FIELD) ?? []
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
