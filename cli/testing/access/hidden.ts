import { type Principal, UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import { SUBGRAPH_NAMES, variablePrefix } from '../../../platform/subgraph/name.ts'
import type { FieldPolicy } from './policies.ts'
import { RECIPES } from './recipes.ts'
import type { AccessTableOptions } from './table.ts'
import { principalOf, VIEWER_KINDS } from './viewers.ts'

const PRINCIPALS: readonly Principal[] = [
  ...VIEWER_KINDS.map(principalOf),
  ...SUBGRAPH_NAMES.map((name) => ({ kind: 'service', name }) as const),
]

/** Asks each subgraph, as a gateway that has gone wrong would, for what is not for clients. Gives what is wrong. */
export async function observeHiddenFields(options: AccessTableOptions): Promise<string[]> {
  const problems: string[] = []
  for (const field of options.policies.hidden) {
    for (const principal of PRINCIPALS) {
      const expected = field.to.includes(ruleOf(principal)) ? 'allowed' : 'refused'
      const observed = await observe(options, field, principal)
      if (observed !== expected) problems.push(`${field.field} as ${JSON.stringify(principal)}: ${observed}`)
    }
  }
  return problems
}

async function observe({ cabinet, world }: AccessTableOptions, field: FieldPolicy, principal: Principal) {
  const [subgraph] = field.subgraphs
  const [viewer] = VIEWER_KINDS
  if (!(subgraph && viewer)) throw new Error('a field is of a subgraph')
  const values = RECIPES[`${field.type}.${field.field}`]?.arguments?.(world.subjectFor(viewer)) ?? ''
  const query = `${field.type.toLowerCase()} { ${field.field}${values}${field.isComposite ? ' { __typename }' : ''} }`
  const asked = { principal, language: 'en', requestId: 'a request', client: UNKNOWN_CLIENT } as const
  const { errors } = await cabinet.subgraphs[subgraph].execute({ query }, asked)
  if (!errors) return 'allowed'
  return errors.every(({ extensions }) => REFUSALS.has(String(extensions['code']))) ? 'refused' : JSON.stringify(errors)
}

const REFUSALS = new Set(['UNAUTHENTICATED', 'FORBIDDEN'])

function ruleOf(principal: Principal): string {
  return principal.kind === 'service' ? `SERVICE_${variablePrefix(principal.name)}` : ''
}
