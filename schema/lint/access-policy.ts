import { type GraphQLESLintRule, type GraphQLESTreeNode, requireGraphQLSchema } from '@graphql-eslint/eslint-plugin'
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  isInputObjectType,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
} from 'graphql'
import { namedType } from './ast.ts'

type ObjectType = GraphQLESTreeNode<ObjectTypeDefinitionNode | ObjectTypeExtensionNode>

const ROOT_TYPES = new Set(['Query', 'Mutation', 'Subscription'])

/**
 * Every field of an object has an `@access`, its own or its type's; a field of a root type has its own. Where the
 * rule is a right on a line, a root field says which argument names the line.
 */
export const accessPolicy: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const schema = requireGraphQLSchema('access-policy', context)
    return {
      ':matches(ObjectTypeDefinition, ObjectTypeExtension)'(node: ObjectType) {
        for (const field of node.fields ?? []) {
          const message = fieldProblem(node.rawNode(), field.rawNode(), schema)
          if (message !== null) context.report({ loc: field.name.loc, message })
        }
      },
    }
  },
}

function fieldProblem(
  type: ObjectTypeDefinitionNode | ObjectTypeExtensionNode,
  field: FieldDefinitionNode,
  schema: GraphQLSchema,
): string | null {
  const isRoot = ROOT_TYPES.has(type.name.value)
  const policy = policyOf(field) ?? (isRoot ? null : policyOf(type))
  const path = `${type.name.value}.${field.name.value}`
  if (policy === null) return `${path} has no @access: say who may ${isRoot ? 'ask for' : 'read'} it.`
  return isRoot ? lineProblem(path, field, policy, schema) : null
}

function lineProblem(
  path: string,
  field: FieldDefinitionNode,
  policy: ConstDirectiveNode,
  schema: GraphQLSchema,
): string | null {
  const line = policy.arguments?.find((argument) => argument.name.value === 'line')?.value
  if (line?.kind !== 'StringValue') {
    return needsLine(policy) ? `${path} allows by a right on a line: name the line's argument in @access(line:).` : null
  }
  return isArgumentPath(field, line.value.split('.'), schema)
    ? null
    : `${path} has no argument "${line.value}", which @access names.`
}

function needsLine(policy: ConstDirectiveNode): boolean {
  const rules = policy.arguments?.find((argument) => argument.name.value === 'to')?.value
  if (rules?.kind !== 'ListValue') return false
  return rules.values.some((rule) => rule.kind === 'EnumValue' && rule.value.startsWith('LINE_'))
}

function isArgumentPath(field: FieldDefinitionNode, path: readonly string[], schema: GraphQLSchema): boolean {
  const [first, ...rest] = path
  const argument = field.arguments?.find((node) => node.name.value === first)
  if (argument === undefined) return false
  let typeName = namedType(argument.type)
  for (const step of rest) {
    const type = schema.getType(typeName)
    const next = isInputObjectType(type) ? type.getFields()[step]?.astNode : undefined
    if (!next) return false
    typeName = namedType(next.type)
  }
  return true
}

function policyOf(node: {
  readonly directives?: readonly ConstDirectiveNode[] | undefined
}): ConstDirectiveNode | null {
  return node.directives?.find((directive) => directive.name.value === 'access') ?? null
}
