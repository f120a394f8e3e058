import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner'
import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { NamedRequirements, RequiredField } from './required-fields.ts'

/** Required names that can be told in one representation. */
type Group = Set<string>

/**
 * Splits a fetch of entities whose fields require different values of one field: `price(currency: "USD")` and
 * `price(currency: "EUR")` are both `price` to the subgraph, so they need a representation each.
 */
export function splitFetch(fetch: FetchNode, requirements: NamedRequirements): FetchNode[] {
  const names = fetch.requires ? [...namesIn(fetch.requires)].filter((name) => requirements.fields.has(name)) : []
  if (!hasConflict(names, requirements.fields)) return [fetch]
  const document = parse(fetch.operation)
  const groups: Group[] = []
  const groupOf = new Map<FieldNode, Group>()
  for (const { type, field } of entityFields(document)) {
    const required = requirements.requiredBy.get(`${type}.${field.name.value}`) ?? new Set()
    const fitting = groups.find((group) => !hasConflict([...group, ...required], requirements.fields))
    const group = fitting ?? new Set<string>()
    if (!fitting) groups.push(group)
    for (const name of required) group.add(name)
    groupOf.set(field, group)
  }
  return groups.map((group) => fetchOf(fetch, document, { group, groupOf, names: new Set(names) }))
}

function hasConflict(names: readonly string[], fields: ReadonlyMap<string, RequiredField>): boolean {
  const meanings = new Map<string, string>()
  return names.some((name) => {
    const required = fields.get(name)
    const place = `${required?.type}.${required?.field}`
    const known = meanings.get(place) ?? name
    meanings.set(place, known)
    return known !== name
  })
}

function namesIn(selections: readonly QueryPlanSelectionNode[]): Set<string> {
  return new Set(
    selections.flatMap((selection) =>
      selection.kind === 'Field'
        ? [selection.name, ...namesIn(selection.selections ?? [])]
        : [...namesIn(selection.selections)],
    ),
  )
}

/** The fields of `_entities { ... on Product { here } }`. */
function entityFields(document: DocumentNode): { readonly type: string; readonly field: FieldNode }[] {
  const fieldsOf = (selectionSet: SelectionSetNode | undefined, type: string): { type: string; field: FieldNode }[] =>
    (selectionSet?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [{ type, field: selection }]
      if (selection.kind === Kind.FRAGMENT_SPREAD) return []
      return fieldsOf(selection.selectionSet, selection.typeCondition?.name.value ?? type)
    })
  const operation = document.definitions.find(isOperation)
  return fieldsOf(operation?.selectionSet, '').flatMap(({ field }) => fieldsOf(field.selectionSet, ''))
}

function isOperation(node: { readonly kind: string }): node is OperationDefinitionNode {
  return node.kind === Kind.OPERATION_DEFINITION
}

interface Part {
  readonly group: Group
  readonly groupOf: ReadonlyMap<FieldNode, Group>
  /** All required names of the fetch. */
  readonly names: ReadonlySet<string>
}

/** The fetch with the fields of one group, and what they require. */
function fetchOf(fetch: FetchNode, document: DocumentNode, { group, groupOf, names }: Part): FetchNode {
  const kept = visit(document, {
    Field: (field) => (groupOf.has(field) && groupOf.get(field) !== group ? null : undefined),
    InlineFragment: { leave: (fragment) => (fragment.selectionSet.selections.length === 0 ? null : undefined) },
  })
  const used = usedVariables(kept)
  const pruned = visit(kept, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  })
  return {
    ...fetch,
    operation: print(pruned),
    requires: without(fetch.requires ?? [], (name) => names.has(name) && !group.has(name)),
    ...(fetch.variableUsages && { variableUsages: fetch.variableUsages.filter((name) => used.has(name)) }),
  }
}

function usedVariables(document: DocumentNode): Set<string> {
  const used = new Set<string>()
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  })
  return used
}

function without(
  selections: readonly QueryPlanSelectionNode[],
  isLeftOut: (name: string) => boolean,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'Field' && isLeftOut(selection.name)) return []
    return selection.selections ? [{ ...selection, selections: without(selection.selections, isLeftOut) }] : [selection]
  })
}
