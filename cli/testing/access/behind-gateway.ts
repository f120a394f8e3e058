import { UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import type { SubgraphName } from '../../../platform/subgraph/name.ts'
import type { FieldPolicy } from './policies.ts'
import { RECIPES } from './recipes.ts'
import { type AccessTableOptions, type Cell, classify, policyAllows } from './table.ts'
import { principalOf, VIEWER_KINDS, type ViewerKind } from './viewers.ts'

/**
 * Asks each subgraph for each field of its entities by reference, as a query plan does, with nothing before it that
 * could have refused already: the field that leads to an entity is no excuse for a subgraph that does not check.
 */
export async function observeBehindGateway(options: AccessTableOptions): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const field of options.policies.fields.filter(({ isRoot }) => !isRoot)) {
    for (const subgraph of field.subgraphs.filter((name) => !isEcho(field, name))) {
      for (const viewer of VIEWER_KINDS.filter(({ isBelieved }) => isBelieved)) {
        cells.push(await observeReference(options, field, { subgraph, viewer }))
      }
    }
  }
  return cells
}

/** A subgraph that only adds fields to a line gives back the id that it was asked with: it tells nothing. */
function isEcho(field: FieldPolicy, subgraph: SubgraphName): boolean {
  return field.type === 'Line' && field.field === 'id' && subgraph !== 'linked-numbers'
}

async function observeReference(
  { cabinet, world, policies }: AccessTableOptions,
  field: FieldPolicy,
  { subgraph, viewer }: { readonly subgraph: SubgraphName; readonly viewer: ViewerKind },
): Promise<Cell> {
  const subject = world.subjectFor(viewer)
  const given = RECIPES[`${field.type}.${field.field}`]?.arguments?.(subject) ?? ''
  const selection = `${field.field}${given}${field.isComposite ? ' { __typename }' : ''}`
  const result = await cabinet.subgraphs[subgraph].execute(
    {
      query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${field.type} { ${selection} } } }`,
      variables: {
        of: [{ __typename: field.type, id: field.type === 'Account' ? subject.accountId : subject.lineId }],
      },
    },
    { principal: principalOf(viewer), language: 'en', requestId: 'a request', client: UNKNOWN_CLIENT },
  )
  const row = `${field.type}.${field.field}`
  const isExpected = policyAllows(policies, field, viewer, subject)
  const isEmpty = isExpected && RECIPES[row]?.isEmptyFor?.(viewer) === true
  const text = JSON.stringify(result)
  const isRight = classify(text, ['_entities', 0, field.field]) === (isExpected && !isEmpty ? 'allowed' : 'refused')
  const problem = `${row} of ${subgraph} as ${viewer.name}: @access ${isExpected ? 'allows' : 'refuses'} it: ${text}`
  return { row, column: viewer.name, isAllowed: isExpected, problem: isRight ? null : problem }
}
