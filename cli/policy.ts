import type { Kysely } from 'kysely'
import { z } from 'zod'
import { addPolicyVersion, type PolicyState, readPolicyStates } from '../platform/policy/policy-versions.ts'
import { type SubgraphName, schemaName } from '../platform/subgraph/name.ts'
import { accountsPolicies } from '../subgraphs/accounts/subgraph.ts'
import { paymentsPolicies } from '../subgraphs/payments/subgraph.ts'

/** What the policies of each subgraph are: names, units and bounds. A subgraph without policies is not here. */
const SCHEMAS = { accounts: accountsPolicies, payments: paymentsPolicies } satisfies Partial<
  Record<SubgraphName, z.ZodObject>
>

export const POLICY_SUBGRAPHS = Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[]
export type PolicySubgraph = (typeof POLICY_SUBGRAPHS)[number]

/** The policies of a subgraph as lines, each with its value, since when it counts, and its bounds. */
export async function listPolicies(db: Kysely<unknown>, subgraph: PolicySubgraph, now: Date): Promise<string[]> {
  const states = await readPolicyStates(db, schemaName(subgraph), now)
  return Object.entries<z.ZodType>(SCHEMAS[subgraph].shape).flatMap(([name, schema]) => [
    `${name} = ${describe(states.get(name))}   ${bounds(schema)}`,
    ...(states.get(name)?.coming ?? []).map(
      ({ version, value, validFrom }) =>
        `    from ${validFrom.toISOString()}: ${JSON.stringify(value)} (version ${version})`,
    ),
  ])
}

function describe(state: PolicyState | undefined): string {
  if (!state?.current) return 'nothing yet'
  const { value, version, validFrom } = state.current
  return `${JSON.stringify(value)} (version ${version}, since ${validFrom.toISOString()})`
}

function bounds(schema: z.ZodType): string {
  const { type, minimum, maximum, ...rest } = z.toJSONSchema(schema)
  if (minimum !== undefined || maximum !== undefined) return `${type} from ${minimum ?? '-∞'} to ${maximum ?? '∞'}`
  const { $schema: _, ...others } = rest
  return JSON.stringify({ type, ...others })
}

export interface NewPolicy {
  readonly subgraph: PolicySubgraph
  readonly name: string
  /** As JSON, or as bare text. */
  readonly value: string
  /** When it begins to count. */
  readonly from: Date
}

export type SetPolicyOutcome =
  | { readonly kind: 'set'; readonly version: number }
  | { readonly kind: 'unknownPolicy' }
  | { readonly kind: 'outOfBounds'; readonly problems: readonly string[] }
  | { readonly kind: 'inThePast' }

/**
 * Gives a policy its next version. It takes the place of those that have not begun, and of the one that counts once it
 * begins: nothing is charged by a policy that was written after the charge.
 */
export async function setPolicy(db: Kysely<unknown>, policy: NewPolicy, now: Date): Promise<SetPolicyOutcome> {
  const { subgraph, name, from } = policy
  const schema: z.ZodObject = SCHEMAS[subgraph]
  if (!Object.hasOwn(schema.shape, name)) return { kind: 'unknownPolicy' }
  if (from < now) return { kind: 'inThePast' }
  const value = parseValue(policy.value)
  return db.transaction().execute(async (trx): Promise<SetPolicyOutcome> => {
    const states = await readPolicyStates(trx, schemaName(subgraph), now)
    // Together with the others, as the processes will read it: some may only be right beside one another.
    const current = [...states].map(([known, state]) => [known, state.current?.value])
    const read = schema.safeParse({ ...Object.fromEntries(current), [name]: value })
    if (!read.success) return { kind: 'outOfBounds', problems: read.error.issues.map(({ message }) => message) }
    const validFrom = from
    return { kind: 'set', version: await addPolicyVersion(trx, schemaName(subgraph), { name, value, validFrom }) }
  })
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
