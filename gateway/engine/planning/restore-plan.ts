import type { FetchDataRewrite, FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner'
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql'
import type { NamedRequirements } from './required-fields.ts'
import { splitFetch } from './split-fetch.ts'

/** Makes a plan whose required fields have names of their own one that subgraphs understand. */
export function restorePlan(plan: QueryPlan, requirements: NamedRequirements): QueryPlan {
  if (requirements.fields.size === 0 || !plan.node) return plan
  if (plan.node.kind !== 'Subscription') return { ...plan, node: restoreNode(plan.node, requirements) }
  const { primary, rest } = plan.node
  const restored = { ...plan.node, primary: restoreFetch(primary, requirements) }
  return { ...plan, node: rest ? { ...restored, rest: restoreNode(rest, requirements) } : restored }
}

function restoreNode(node: PlanNode, requirements: NamedRequirements): PlanNode {
  switch (node.kind) {
    case 'Fetch': {
      const fetches = splitFetch(node, requirements).map((fetch) => restoreFetch(fetch, requirements))
      return fetches.length === 1 && fetches[0] ? fetches[0] : { kind: 'Parallel', nodes: fetches }
    }
    case 'Flatten':
      return { ...node, node: restoreNode(node.node, requirements) }
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => restoreNode(child, requirements)) }
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: restoreNode(node.ifClause, requirements) }),
        ...(node.elseClause && { elseClause: restoreNode(node.elseClause, requirements) }),
      }
    default:
      return node
  }
}

function restoreFetch(fetch: FetchNode, { fields }: NamedRequirements): FetchNode {
  const document = visit(parse(fetch.operation), {
    Field(field) {
      const required = fields.get(field.name.value)
      if (!required) return undefined
      const alias = field.alias ?? field.name
      return {
        ...field,
        alias,
        name: { kind: Kind.NAME, value: required.field },
        arguments: required.arguments,
      }
    },
  })
  const renames = fetch.requires ? renamesIn(fetch.requires, [], fields) : []
  return {
    ...fetch,
    operation: stripIgnoredCharacters(print(document)),
    inputRewrites: [...(fetch.inputRewrites ?? []), ...renames],
  }
}

/** What is read under a name of its own is sent under the name that the subgraph knows; the innermost first. */
function renamesIn(
  selections: readonly QueryPlanSelectionNode[],
  path: readonly string[],
  fields: NamedRequirements['fields'],
): FetchDataRewrite[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') {
      return renamesIn(selection.selections, [...path, `... on ${selection.typeCondition}`], fields)
    }
    const here = [...path, selection.name]
    const required = fields.get(selection.name)
    const below = renamesIn(selection.selections ?? [], here, fields)
    return required ? [...below, { kind: 'KeyRenamer', path: here, renameKeyTo: required.field }] : below
  })
}
