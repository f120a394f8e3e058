import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema, getDirectiveValues } from 'graphql'
import { invariant } from '../invariant.ts'
import { type AccessRule, ORGANIZATION_RULES } from './rule.ts'

/** Who may read one field, as its `@access` says. */
export interface AccessPolicy {
  readonly to: readonly AccessRule[]
  /** Where the line's id stands among the arguments (`input.lineId`); null when no argument names a line. */
  readonly line: string | null
  /** Whether staff must say why, which they must wherever it is about a customer. */
  readonly isReasonNeeded: boolean
}

/** Whether the decision needs the entity that the field is of: rules of accounts do, rights on lines are for the SQL. */
export function dependsOnParent({ to }: AccessPolicy): boolean {
  return to.some((rule) => rule === 'ACCOUNT_OWNER' || rule in ORGANIZATION_RULES)
}

/** The policy of a field: its own `@access`, else its type's. Throws when it has neither: nothing is open by omission. */
export function fieldPolicy(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): AccessPolicy {
  const policy = readPolicy(schema, field.astNode) ?? typePolicy(schema, type)
  invariant(policy, `${type.name}.${field.name} says who may read it, by @access on it or on its type`)
  return policy
}

/** The policy that a type gives to its fields; null when it gives none. */
export function typePolicy(schema: GraphQLSchema, type: GraphQLObjectType): AccessPolicy | null {
  for (const node of [type.astNode, ...type.extensionASTNodes]) {
    const policy = readPolicy(schema, node)
    if (policy) return policy
  }
  return null
}

function readPolicy(
  schema: GraphQLSchema,
  node: Parameters<typeof getDirectiveValues>[1] | null | undefined,
): AccessPolicy | null {
  const directive = schema.getDirective('access')
  invariant(directive, 'the schema declares @access')
  const values = node ? getDirectiveValues(directive, node) : undefined
  if (!values) return null
  return {
    to: values['to'] as AccessRule[],
    line: (values['line'] as string | undefined) ?? null,
    isReasonNeeded: values['isReasonNeeded'] !== false,
  }
}
